// The parts of the C library that Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// <sys/socket.h> declares it only for GNU's dialect, which Swift does not ask for.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
