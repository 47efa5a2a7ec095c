// Line editing by libedit. Its functions are variadic, which Swift cannot call, so a small
// interface stands before them.
#ifndef CEDIT_SHIM_H
#define CEDIT_SHIM_H

#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

// What the Tab key does: `before` is the line up to the cursor, `length` bytes.
typedef enum edit_answer { EDIT_NOTHING, EDIT_CHANGED, EDIT_LISTED } edit_answer;
typedef edit_answer (*edit_completion)(void *owner, const char *before, int length);

typedef struct edit_session {
  EditLine *line;
  History *history;
  char prompt[64];
  int was_cleared;   // Ctrl-C was typed in the last line
  int pastes;        // the terminal marks what is pasted
  edit_completion complete;
  void *owner;
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

static inline unsigned char edit_tab(EditLine *line, int key) {
  (void)key;
  edit_session *session = edit_session_of(line);
  if (session->complete == NULL) return CC_ERROR;
  const LineInfo *info = el_line(line);
  int length = (int)(info->cursor - info->buffer);
  switch (session->complete(session->owner, info->buffer, length)) {
    case EDIT_CHANGED: return CC_REFRESH;
    case EDIT_LISTED: return CC_REDISPLAY;
    default: return CC_ERROR;
  }
}

// Whether the text ends in what a terminal sends after a paste.
static inline int edit_paste_ended(const wchar_t *text, size_t length) {
  return length >= 6 && wcsncmp(text + length - 6, L"\033[201~", 6) == 0;
}

// Pasted text is typed as it is: Tab in it completes nothing, other control keys do nothing.
static inline unsigned char edit_paste(EditLine *line, int key) {
  (void)key;
  size_t length = 0, capacity = 0, kept = 0;
  wchar_t *text = NULL, letter;
  while (el_wgetc(line, &letter) == 1) {
    if (length + 2 > capacity) {
      capacity = capacity * 2 + 256;
      wchar_t *larger = (wchar_t *)realloc(text, capacity * sizeof(wchar_t));
      if (larger == NULL) break;
      text = larger;
    }
    text[length++] = letter;
    if (!edit_paste_ended(text, length)) continue;
    length -= 6;
    break;
  }
  for (size_t i = 0; i < length; i++) {
    wchar_t c = text[i] == L'\r' ? L'\n' : text[i] == L'\t' ? L' ' : text[i];
    if (c >= 32 || c == L'\n') text[kept++] = c;
  }
  if (kept > 0) {
    text[kept] = 0;
    el_wpush(line, text);
  }
  free(text);
  return CC_NORM;
}

static inline void edit_bind_keys(EditLine *line) {
  el_set(line, EL_ADDFN, "perigee-clear", "Gives up the line.", edit_clear_line);
  el_set(line, EL_ADDFN, "perigee-complete", "Completes the word.", edit_tab);
  el_set(line, EL_ADDFN, "perigee-paste", "Takes pasted text.", edit_paste);
  el_source(line, NULL);
  // In the editor Ctrl-C is a key; while a script runs it is a signal again.
  el_set(line, EL_SETTY, "-d", "-isig", NULL);
  el_set(line, EL_BIND, "^C", "perigee-clear", NULL);
  el_set(line, EL_BIND, "\t", "perigee-complete", NULL);
  el_set(line, EL_BIND, "\033[200~", "perigee-paste", NULL);
  el_set(line, EL_BIND, "^R", "em-inc-search-prev", NULL);
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
  edit_bind_keys(line);
  const char *kind = getenv("TERM");
  session->pastes = kind != NULL && strcmp(kind, "dumb") != 0;
  return session;
}

static inline void edit_close(edit_session *session) {
  history_end(session->history);
  el_end(session->line);
  free(session);
}

static inline void edit_mark_pastes(const edit_session *session, int on) {
  if (!session->pastes) return;
  fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
  fflush(stdout);
}

// The line with its line feed; NULL at the end of the input, on error, and for a cleared line.
static inline const char *edit_read(edit_session *session, const char *prompt) {
  int length = 0;
  snprintf(session->prompt, sizeof session->prompt, "%s", prompt);
  session->was_cleared = 0;
  el_resize(session->line);
  edit_mark_pastes(session, 1);
  const char *text = el_gets(session->line, &length);
  edit_mark_pastes(session, 0);
  return session->was_cleared || length <= 0 ? NULL : text;
}

static inline void edit_remember(edit_session *session, const char *text) {
  HistEvent event;
  history(session->history, &event, H_ENTER, text);
}

// While a key is handled: replaces `erased` characters before the cursor by a text.
static inline void edit_replace(edit_session *session, int erased, const char *text) {
  if (erased > 0) el_deletestr(session->line, erased);
  if (text[0] != 0) el_insertstr(session->line, text);
}

#endif
