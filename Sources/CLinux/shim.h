// The parts of the C library that Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <spawn.h>

// <sys/socket.h> declares it only for GNU's dialect, which Swift does not ask for.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

// The same is true of these in <unistd.h> and <spawn.h>.
int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
