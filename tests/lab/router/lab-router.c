/* SPDX-License-Identifier: MPL-2.0 */
/* lab-router: the whole of a world between its hosts, in one process: routers, NATs and links.
 *
 *   lab-router --plan WORLD                      what world.py must set up: one line a thing
 *   lab-router --kinds                           the kinds of NAT
 *   lab-router --control SOCKET --trace FILE [--seed N] WORLD
 *
 * WORLD is a file. The last form wants interfaces w0, w1, ... in its network namespace, the near
 * ends of veth pairs, says "ready" when it carries packets, and ends when its input does. */
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lab-control.h"
#include "lab-port.h"
#include "lab-trace.h"

/* So many packets of one host before the others, and time, get their turn. */
#define BATCH 64

typedef struct
{
  LabNetwork *network; /* (owned) */
  GPtrArray *ports;    /* (owned): of LabPort, by interface */
  GPtrArray *captures; /* (owned): of FILE or %NULL, by interface */
  GArray *fds;         /* (owned): of pollfd: standard input, the control socket, the ports */
  LabTrace trace;
  gint64 began_us;
  gint64 now_us; /* since the beginning */
  gboolean is_over;
} Router;

static gint64
read_clock (const Router *self)
{
  return g_get_monotonic_time () - self->began_us;
}

static void
on_fact (gint64 now_us, const char *node, const LabNatFact *fact, gpointer user_data)
{
  Router *self = user_data;

  lab_trace_fact (&self->trace, now_us, node, fact);
}

static void
close_file (gpointer file)
{
  if (file != NULL)
    fclose (file);
}

static void
capture (Router *self, guint interface, gint64 now_us, const LabPacket *packet)
{
  FILE *file = g_ptr_array_index (self->captures, interface);

  if (file != NULL)
    lab_capture_packet (file, now_us, packet);
}

/* "capture NAME FILE" */
static gboolean
start_capture (Router *self, char **words, GError **error)
{
  int interface =
      g_strv_length (words) == 3 ? lab_network_find_interface (self->network, words[1]) : -1;
  FILE *file = interface >= 0 ? lab_capture_open (words[2]) : NULL;

  if (file == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "capture HOST[/INTERFACE] FILE, please");
      return FALSE;
    }
  close_file (g_ptr_array_index (self->captures, interface));
  g_ptr_array_index (self->captures, interface) = file;
  return TRUE;
}

static void
flush_files (Router *self)
{
  fflush (self->trace.file);
  for (guint i = 0; i < self->captures->len; i++)
    if (g_ptr_array_index (self->captures, i) != NULL)
      fflush (g_ptr_array_index (self->captures, i));
}

/* Commands of the program; all others are the network's. */
static char *
on_command (const char *command, gpointer user_data, GError **error)
{
  Router *self = user_data;
  g_auto (GStrv) words = g_strsplit (command, " ", -1);

  flush_files (self);
  if (g_strcmp0 (words[0], "time") == 0)
    return g_strdup_printf ("%.6f\n", (double) self->now_us / G_USEC_PER_SEC);
  if (g_strcmp0 (words[0], "capture") == 0)
    return start_capture (self, words, error) ? g_strdup ("") : NULL;
  if (g_strcmp0 (words[0], "note") == 0)
    {
      lab_trace_note (&self->trace, self->now_us, command + strlen ("note") + (words[1] != NULL));
      return g_strdup ("");
    }
  return lab_network_command (self->network, self->now_us, command, error);
}

static void
deliver (Router *self)
{
  LabPacket *packet;
  guint interface;

  while ((packet = lab_network_poll (self->network, self->now_us, &interface)) != NULL)
    {
      capture (self, interface, self->now_us, packet);
      lab_port_send (g_ptr_array_index (self->ports, interface), packet);
      g_free (packet);
    }
}

static void
take_in (Router *self, guint interface)
{
  LabPort *port = g_ptr_array_index (self->ports, interface);
  gboolean is_empty = FALSE;

  for (guint i = 0; i < BATCH && !is_empty; i++)
    {
      LabPacket *packet = lab_port_receive (port, &is_empty);
      if (packet == NULL)
        continue;
      capture (self, interface, self->now_us, packet);
      lab_network_input (self->network, self->now_us, interface, packet);
    }
}

static void
wait_for_something (Router *self)
{
  gint64 deadline_us = lab_network_get_deadline (self->network);
  gint64 left_us = deadline_us - read_clock (self);
  struct timespec timeout = { 0 };

  if (left_us > 0)
    timeout = (struct timespec){ .tv_sec = left_us / G_USEC_PER_SEC,
                                 .tv_nsec = left_us % G_USEC_PER_SEC * 1000 };
  if (ppoll ((struct pollfd *) (gpointer) self->fds->data, self->fds->len,
             deadline_us >= 0 ? &timeout : NULL, NULL)
      < 0)
    for (guint i = 0; i < self->fds->len; i++)
      g_array_index (self->fds, struct pollfd, i).revents = 0;
}

/* What is due comes first, so that time never goes back for the NATs. */
static void
run (Router *self)
{
  while (!self->is_over)
    {
      wait_for_something (self);
      self->now_us = read_clock (self);
      deliver (self);
      for (guint i = 2; i < self->fds->len; i++)
        if (g_array_index (self->fds, struct pollfd, i).revents != 0)
          take_in (self, i - 2);
      deliver (self);
      if (g_array_index (self->fds, struct pollfd, 1).revents != 0)
        lab_control_serve (g_array_index (self->fds, struct pollfd, 1).fd, on_command, self);
      self->is_over = g_array_index (self->fds, struct pollfd, 0).revents != 0;
    }
}

static void
watch (Router *self, int fd)
{
  struct pollfd entry = { .fd = fd, .events = POLLIN };

  g_array_append_val (self->fds, entry);
}

static gboolean
open_all (Router *self, const char *control, const char *trace, GError **error)
{
  int fd = lab_control_listen (control, error);

  if (fd < 0)
    return FALSE;
  watch (self, STDIN_FILENO);
  watch (self, fd);
  if (!lab_trace_open (&self->trace, trace))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "can't write %s", trace);
      return FALSE;
    }
  for (guint i = 0; i < lab_network_count_interfaces (self->network); i++)
    {
      LabInterface interface;
      LabPort *port;
      lab_network_get_interface (self->network, i, &interface);
      port = lab_port_new (i, &interface, error);
      if (port == NULL)
        return FALSE;
      g_ptr_array_add (self->ports, port);
      g_ptr_array_add (self->captures, NULL);
      watch (self, lab_port_get_fd (port));
    }
  return TRUE;
}

static void
print_address (const char *what, const LabInterface *interface, const LabAddress *address,
               guint prefix)
{
  g_autofree char *text = lab_address_to_string (address);

  g_print ("%s %s %s %s/%u\n", what, interface->host, interface->name, text, prefix);
}

/* interface HOST ETH; address and gateway HOST ETH ADDRESS/LENGTH; nat64 HOST ETH PREFIX/96 */
static void
print_plan (const LabNetwork *network)
{
  for (guint i = 0; i < lab_network_count_interfaces (network); i++)
    {
      LabInterface interface;
      lab_network_get_interface (network, i, &interface);
      g_print ("interface %s %s\n", interface.host, interface.name);
      for (guint k = 0; k < interface.address_count; k++)
        print_address ("address", &interface, &interface.addresses[k],
                       lab_address_is_v4 (&interface.addresses[k]) ? interface.prefix_v4
                                                                   : interface.prefix_v6);
      if (interface.has_v4)
        print_address ("gateway", &interface, &interface.gateway_v4, 32);
      if (interface.has_v6)
        print_address ("gateway", &interface, &interface.gateway_v6, 128);
      if (interface.nat64_prefix != NULL)
        print_address ("nat64", &interface, interface.nat64_prefix, 96);
    }
}

static void
print_kinds (void)
{
  const char *name, *description;

  for (guint i = 0; (name = lab_nat_kind_get (i, &description)) != NULL; i++)
    g_print ("%-20s %s\n", name, description);
}

static int
fail (const GError *error)
{
  g_printerr ("lab-router: %s\n", error->message);
  return EXIT_FAILURE;
}

static LabNetwork *
read_world (const char *path, guint64 seed, GError **error)
{
  g_autoptr (LabNetwork) network = lab_network_new (seed);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error) || !lab_network_parse (network, text, error))
    return NULL;
  return g_steal_pointer (&network);
}

static int
run_world (LabNetwork *network, const char *control, const char *trace, GError **error)
{
  Router self = { .network = network, .began_us = g_get_monotonic_time () };
  gboolean is_open;

  /* A parent that dies takes the world with it; timers are wanted to the microsecond. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_TIMERSLACK, 1000);
  signal (SIGPIPE, SIG_IGN);
  self.ports = g_ptr_array_new_with_free_func ((GDestroyNotify) lab_port_free);
  self.captures = g_ptr_array_new_with_free_func (close_file);
  self.fds = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  lab_network_set_fact_func (network, on_fact, &self);
  is_open = open_all (&self, control, trace, error);
  if (is_open)
    {
      g_print ("ready\n");
      fflush (stdout);
      run (&self);
    }
  lab_trace_clear (&self.trace);
  g_ptr_array_unref (self.captures);
  g_ptr_array_unref (self.ports);
  g_array_unref (self.fds);
  return is_open ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LabNetwork) network = NULL;
  g_autofree char *control = NULL, *trace = NULL;
  gint64 seed = 1;
  gboolean is_plan = FALSE, is_kinds = FALSE;
  GOptionEntry entries[] = {
    { "plan", 0, 0, G_OPTION_ARG_NONE, &is_plan, "Print what to set up", NULL },
    { "kinds", 0, 0, G_OPTION_ARG_NONE, &is_kinds, "Print the kinds of NAT", NULL },
    { "control", 0, 0, G_OPTION_ARG_FILENAME, &control, "Take commands there", "SOCKET" },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &trace, "Write facts there", "FILE" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "The seed of all chance", "N" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("WORLD");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error);
  if (is_kinds)
    {
      print_kinds ();
      return EXIT_SUCCESS;
    }
  if (argc != 2 || (!is_plan && (control == NULL || trace == NULL)))
    {
      g_printerr ("lab-router: see --help\n");
      return EXIT_FAILURE;
    }
  network = read_world (argv[1], (guint64) seed, &error);
  if (network == NULL)
    return fail (error);
  if (is_plan)
    {
      print_plan (network);
      return EXIT_SUCCESS;
    }
  return run_world (network, control, trace, &error) == EXIT_SUCCESS ? EXIT_SUCCESS : fail (error);
}
