/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-control.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_COMMAND 4096

/* A descriptor that listens, or -1. */
int
lab_control_listen (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
    errno = ENAMETOOLONG;
  else if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0
           && listen (fd, 16) == 0)
    return fd;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "listening at %s: %s", path,
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
read_line (int fd, char line[MAX_COMMAND])
{
  gsize size = 0;

  while (size < MAX_COMMAND - 1)
    {
      ssize_t count = recv (fd, line + size, MAX_COMMAND - 1 - size, 0);
      char *end;
      if (count <= 0)
        return FALSE;
      size += (gsize) count;
      line[size] = '\0';
      end = strchr (line, '\n');
      if (end != NULL)
        {
          *end = '\0';
          return TRUE;
        }
    }
  return FALSE;
}

static void
write_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      ssize_t count = send (fd, text, left, MSG_NOSIGNAL);
      if (count <= 0)
        return;
      text += count;
      left -= (gsize) count;
    }
}

/* Serves who has connected. While a command is read and answered no packet moves, for half a second
 * at most. */
void
lab_control_serve (int fd, LabControlFunc func, gpointer user_data)
{
  struct timeval patience = { .tv_usec = 500000 };
  char line[MAX_COMMAND];
  int client = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);

  if (client < 0)
    return;
  setsockopt (client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (read_line (client, line))
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *reply = func (line, user_data, &error);
      g_autofree char *end =
          reply == NULL ? g_strdup_printf ("error: %s\n", error->message) : g_strdup ("ok\n");
      if (reply != NULL)
        write_all (client, reply);
      write_all (client, end);
    }
  close (client);
}
