// Confinement of a process by libseccomp. Its functions are variadic, which Swift cannot call, so
// a small interface stands before them.
#ifndef CSECCOMP_SHIM_H
#define CSECCOMP_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// Memory, locks, clocks, signals of its own, and the end.
static const int confine_allowed[] = {
  SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
  SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_gettime),
  SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
  SCMP_SYS(gettimeofday), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrandom),
  SCMP_SYS(getrusage), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
  SCMP_SYS(sigaltstack), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(restart_syscall),
  SCMP_SYS(membarrier), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(exit),
  SCMP_SYS(exit_group),
};

// What libraries try now and then and can do without: it fails, and they go on.
static const int confine_refused[] = {
  SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat), SCMP_SYS(stat),
  SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
  SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
  SCMP_SYS(getcwd), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(ioctl), SCMP_SYS(fcntl),
  SCMP_SYS(lseek), SCMP_SYS(getdents64), SCMP_SYS(mbind), SCMP_SYS(get_mempolicy),
  SCMP_SYS(set_mempolicy), SCMP_SYS(sched_setaffinity), SCMP_SYS(prlimit64),
  SCMP_SYS(getrlimit), SCMP_SYS(prctl),
};

#define CONFINE_COUNT(list) (sizeof(list) / sizeof(list[0]))

static inline int confine_rules(scmp_filter_ctx filter, int input, int output, int errors) {
  int failed = 0;
  for (size_t i = 0; i < CONFINE_COUNT(confine_allowed); i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, confine_allowed[i], 0);
  for (size_t i = 0; i < CONFINE_COUNT(confine_refused); i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), confine_refused[i], 0);
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)input));
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)output));
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)errors));
  // The last words of a program that traps.
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(writev), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)errors));
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(close), 1, SCMP_A0(SCMP_CMP_GT, (scmp_datum_t)output));
  // No memory that can be executed.
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  // abort() signals itself.
  failed |= seccomp_rule_add(
    filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
  return failed;
}

// From now on every thread may read `input`, write `output` and `errors`, compute, and end; any
// other system call is refused or ends the process. Returns 0, or a negative errno.
static inline int confine_process(int input, int output, int errors) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == NULL) return -ENOMEM;
  int result = confine_rules(filter, input, output, errors);
  if (result == 0) result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
  if (result == 0) result = seccomp_load(filter);
  seccomp_release(filter);
  return result;
}

static inline int confine_close_from(int first) {
  return (int)syscall(SYS_close_range, (unsigned)first, ~0u, 0);
}

// A pipe that programs started otherwise do not get. Returns 0, or -1 with errno set.
static inline int confine_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

static inline void confine_limit(int resource, rlim_t value) {
  struct rlimit limit = {value, value};
  setrlimit((__rlimit_resource_t)resource, &limit);
}

// Address space in bytes; no new files, processes, written files, core files or locked memory.
static inline void confine_resources(long address_space) {
  confine_limit(RLIMIT_AS, (rlim_t)address_space);
  confine_limit(RLIMIT_NOFILE, 0);
  confine_limit(RLIMIT_NPROC, 0);
  confine_limit(RLIMIT_FSIZE, 0);
  confine_limit(RLIMIT_CORE, 0);
  confine_limit(RLIMIT_MEMLOCK, 0);
}

// Address space in bytes, and no core files: all that bounds code that is trusted.
static inline void confine_memory(long address_space) {
  confine_limit(RLIMIT_AS, (rlim_t)address_space);
  confine_limit(RLIMIT_CORE, 0);
}

// Seconds of processor time after which the kernel ends another process.
static inline void confine_processor(pid_t process, long seconds) {
  struct rlimit limit = {(rlim_t)seconds, RLIM_INFINITY};
  syscall(SYS_prlimit64, process, RLIMIT_CPU, &limit, NULL);
}

// Of every descriptor from `first` on, in a process to be spawned.
static inline int confine_spawn_closing(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// Asks for things that a confined process is refused. Returns 0 when it got them, else an errno;
// for most of them it does not return.
static inline int confine_try(int what) {
  long result;
  switch (what) {
    case 0: result = syscall(SYS_openat, -100, "/etc/passwd", 0, 0); break;
    case 1: result = syscall(SYS_socket, 2, 1, 0); break;
    case 2: result = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); break;
    case 3: result = syscall(SYS_execve, "/bin/true", 0, 0); break;
    case 4: result = syscall(SYS_kill, getppid(), 0); break;
    case 5: result = syscall(SYS_unlinkat, -100, "/tmp/perigee-confinement", 0); break;
    case 6: result = syscall(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                             -1, 0); break;
    case 7: result = syscall(SYS_ptrace, 0, 0, 0, 0); break;
    default: return ENOSYS;
  }
  if (what == 2 && result == 0) _exit(0);
  return result >= 0 ? 0 : errno;
}

#endif
