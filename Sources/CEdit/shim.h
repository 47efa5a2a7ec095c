// Line editing by libedit. Its functions are variadic, which Swift cannot call, so a small
// interface stands before them.
#ifndef CEDIT_SHIM_H
#define CEDIT_SHIM_H

#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct edit_session {
  EditLine *line;
  History *history;
  char prompt[64];
  int was_cleared;   // Ctrl-C was typed in the last line
} edit_session;

static inline edit_session *edit_session_of(EditLine *line) {
  void *session = NULL;
  el_get(line, EL_CLIENTDATA, &session);
  return (edit_session *)session;
}

static inline char *edit_prompt(EditLine *line) { return edit_session_of(line)->prompt; }

static inline unsigned char edit_clear_line(EditLine *line, int key) {
  (void)key;
  edit_session_of(line)->was_cleared = 1;
  fputs("^C\n", stdout);
  return CC_NEWLINE;
}

// NULL where the terminal cannot be used. `entries`: how many lines of history are kept.
static inline edit_session *edit_open(const char *program, int entries) {
  edit_session *session = (edit_session *)calloc(1, sizeof(edit_session));
  if (session == NULL) return NULL;
  if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
  session->line = el_init(program, stdin, stdout, stderr);
  session->history = history_init();
  if (session->line == NULL || session->history == NULL) {
    if (session->line != NULL) el_end(session->line);
    if (session->history != NULL) history_end(session->history);
    free(session);
    return NULL;
  }
  HistEvent event;
  history(session->history, &event, H_SETSIZE, entries);
  history(session->history, &event, H_SETUNIQUE, 1);
  EditLine *line = session->line;
  el_set(line, EL_CLIENTDATA, session);
  el_set(line, EL_PROMPT, edit_prompt);
  el_set(line, EL_EDITOR, "emacs");
  el_set(line, EL_HIST, history, session->history);
  el_set(line, EL_ADDFN, "perigee-clear", "Gives up the line.", edit_clear_line);
  el_source(line, NULL);
  // In the editor Ctrl-C is a key; while a script runs it is a signal again.
  el_set(line, EL_SETTY, "-d", "-isig", NULL);
  el_set(line, EL_BIND, "^C", "perigee-clear", NULL);
  el_set(line, EL_BIND, "\t", "ed-insert", NULL);
  return session;
}

static inline void edit_close(edit_session *session) {
  history_end(session->history);
  el_end(session->line);
  free(session);
}

// The line with its line feed; NULL at the end of the input, on error, and for a cleared line.
static inline const char *edit_read(edit_session *session, const char *prompt) {
  int length = 0;
  snprintf(session->prompt, sizeof session->prompt, "%s", prompt);
  session->was_cleared = 0;
  el_resize(session->line);
  const char *text = el_gets(session->line, &length);
  return session->was_cleared || length <= 0 ? NULL : text;
}

static inline void edit_remember(edit_session *session, const char *text) {
  HistEvent event;
  history(session->history, &event, H_ENTER, text);
}

#endif
