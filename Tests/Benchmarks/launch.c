// launch REPORT COMMAND...: runs a command and writes what its whole process tree used.
//
// A small program of its own, since a process inherits the peak memory of the one that forked it: started by Python,
// nothing would seem smaller than Python. It adopts orphans, so that what a command leaves behind is counted too.
// REPORT gets one line: exit status, wall seconds, CPU seconds (user and system), peak memory in KiB of the largest
// process, and 1 when something outlived the command by more than five seconds (its process group is ended then).
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

static void wake(int signal) { (void)signal; }

int main(int count, char **words) {
    if (count < 3) return 125;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct sigaction alarm_action = {.sa_handler = wake};
    sigaction(SIGALRM, &alarm_action, NULL);

    double start = seconds();
    pid_t command = fork();
    if (command == 0) {
        setpgid(0, 0);
        execvp(words[2], words + 2);
        perror(words[2]);
        _exit(127);
    }
    if (command < 0) return 125;
    setpgid(command, command);

    int result = -1, left_behind = 0;
    double wall = 0, cpu = 0;
    long peak = 0;
    for (;;) {
        int status;
        struct rusage usage;
        pid_t ended = wait4(-1, &status, 0, &usage);
        if (ended < 0 && errno == EINTR) {
            // The alarm: whoever is still there has had its time.
            left_behind = 1;
            kill(-command, SIGKILL);
            break;
        }
        if (ended < 0) break;
        cpu += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
        if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
        if (ended == command) {
            wall = seconds() - start;
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            alarm(5);
        }
    }
    FILE *report = fopen(words[1], "w");
    if (!report) return 125;
    fprintf(report, "%d %.6f %.6f %ld %d\n", result, wall, cpu, peak, left_behind);
    return fclose(report) == 0 ? 0 : 125;
}
