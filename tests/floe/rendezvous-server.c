/* SPDX-License-Identifier: MPL-2.0 */
/* rendezvous-server: the rendezvous alone, for the tests in tests/floe/rendezvous.
 *
 *   rendezvous-server [--listen ADDRESS] [--certificate FILE] [--room ROOM] [--host NAME]
 *
 * Prints the port that it listens at, and ends when its standard input does. It tells its members
 * of a STUN server, and of a TURN server with a password. */
#include <gio/gunixinputstream.h>
#include <stdio.h>

#include "floe-rendezvous.h"

static char *listen_address;
static char *certificate_file;
static char *room;
static char **hosts;

static const GOptionEntry entries[] = {
  { "listen", 0, 0, G_OPTION_ARG_STRING, &listen_address, "Where to listen", "ADDRESS" },
  { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate_file, "A certificate and its key",
    "FILE" },
  { "room", 0, 0, G_OPTION_ARG_STRING, &room, "The only room", "ROOM" },
  { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &hosts, "Another name of this machine", "NAME" },
  { NULL },
};

/* (transfer full). */
static GPtrArray *
make_ice_servers (void)
{
  static const char *const stun[] = { "stun:stun.example.net", NULL };
  static const char *const turn[] = { "turn:turn.example.net", NULL };
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);

  g_ptr_array_add (servers, floe_ice_server_new (stun, NULL, NULL, NULL));
  g_ptr_array_add (servers, floe_ice_server_new (turn, "user", "secret", NULL));
  return servers;
}

static gboolean
on_input (GObject *stream, gpointer user_data)
{
  char byte;

  if (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), &byte, 1, NULL,
                                                NULL)
      > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* Until standard input ends. */
static void
run (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GSource) source =
      g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (on_input), loop, NULL);
  g_source_attach (source, NULL);
  g_main_loop_run (loop);
  g_source_destroy (source);
}

static gboolean
serve (GError **error)
{
  g_autoptr (GPtrArray) ice_servers = make_ice_servers ();
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GInetSocketAddress) bound = NULL;
  g_autoptr (FloeRendezvous) rendezvous = NULL;

  if (certificate_file != NULL)
    {
      certificate = g_tls_certificate_new_from_file (certificate_file, error);
      if (certificate == NULL)
        return FALSE;
    }
  address = g_inet_socket_address_new_from_string (
      listen_address != NULL ? listen_address : "127.0.0.1", 0);
  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s is no numeric address",
                   listen_address);
      return FALSE;
    }
  rendezvous = floe_rendezvous_new (&(FloeRendezvousOptions){
      .room = room,
      .ice_servers = ice_servers,
      .certificate = certificate,
      .hosts = (const char *const *) hosts,
  });
  bound = floe_rendezvous_listen (rendezvous, G_INET_SOCKET_ADDRESS (address), error);
  if (bound == NULL)
    return FALSE;
  printf ("%u\n", g_inet_socket_address_get_port (bound));
  fflush (stdout);
  run ();
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  g_option_context_add_main_entries (context, entries, NULL);
  is_done = g_option_context_parse (context, &argc, &argv, &error) && serve (&error);
  if (!is_done)
    fprintf (stderr, "rendezvous-server: %s\n", error->message);
  g_free (listen_address);
  g_free (certificate_file);
  g_free (room);
  g_strfreev (hosts);
  return is_done ? 0 : 1;
}
