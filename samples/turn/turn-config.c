/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-config.h"

#include <stdarg.h>
#include <string.h>

#include "turn-certificate.h"
#include "turn-random.h"
#include "turn-ranges.h"

/* coturn's STUN_MAX_REALM_SIZE, AUTH_SECRET_SIZE, and its buffer for a line. */
#define MAX_REALM 127
#define MAX_SECRET 255
#define MAX_PATH_LENGTH 900
#define MIN_SECRET 32
#define MIN_PASSWORD 12
#define PASSWORD_SIZE 16
#define SECRET_SIZE 32
#define MAX_ADDRESSES 8

static void
clear_user (gpointer data)
{
  TurnConfigUser *user = data;

  g_free (user->name);
  explicit_bzero (user->password, strlen (user->password));
  g_free (user->password);
}

void
turn_config_init (TurnConfig *self)
{
  *self = (TurnConfig){ .port = 3478,
                        .tls_port = 5349,
                        .min_port = 49152,
                        .max_port = 65535,
                        .user_quota = 12,
                        .total_quota = 1200,
                        .max_bps = 3000000 };
  self->addresses = g_array_new (FALSE, TRUE, sizeof (TurnConfigAddress));
  self->users = g_array_new (FALSE, TRUE, sizeof (TurnConfigUser));
  g_array_set_clear_func (self->users, clear_user);
  self->secret = turn_random_hex (SECRET_SIZE);
}

void
turn_config_clear (TurnConfig *self)
{
  g_free (self->realm);
  g_free (self->host);
  g_clear_pointer (&self->addresses, g_array_unref);
  g_clear_pointer (&self->users, g_array_unref);
  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->certificate);
  g_free (self->key);
}

gboolean
turn_config_add_address (TurnConfig *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  TurnConfigAddress address = { 0 };

  if (parts[0] == NULL || !turn_address_parse (&address.outside, parts[0])
      || (parts[1] != NULL && !turn_address_parse (&address.inside, parts[1])))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "'%s' is no address: write PUBLIC, or PUBLIC/PRIVATE behind a NAT", text);
      return FALSE;
    }
  g_array_append_val (self->addresses, address);
  return TRUE;
}

void
turn_config_add_user (TurnConfig *self, const char *text)
{
  gsize length = strcspn (text, ":");
  TurnConfigUser user = { g_strndup (text, length), NULL };

  user.password =
      text[length] == ':' ? g_strdup (text + length + 1) : turn_random_hex (PASSWORD_SIZE);
  g_array_append_val (self->users, user);
}

const char *
turn_config_get_host (const TurnConfig *self)
{
  return self->host != NULL ? self->host : self->realm;
}

static void problem (GPtrArray *problems, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
problem (GPtrArray *problems, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* Letters, digits and @others only. */
static gboolean
consists_of (const char *text, const char *others)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr (others, *text) == NULL)
      return FALSE;
  return TRUE;
}

static void
check_names (const TurnConfig *self, GPtrArray *problems)
{
  if (self->realm == NULL || *self->realm == '\0')
    problem (problems, "The realm is missing: --realm relay.example.org");
  else if (strlen (self->realm) > MAX_REALM || !consists_of (self->realm, ".-_"))
    problem (problems,
             "The realm is at most %d letters, digits, dots and dashes: a domain of yours",
             MAX_REALM);
  if (self->host != NULL && (*self->host == '\0' || !consists_of (self->host, ".-:")))
    problem (problems, "The host '%s' is neither a name nor an address", self->host);
}

static void
check_address (const TurnConfigAddress *address, GPtrArray *problems)
{
  const TurnRange *range = turn_ranges_find (&address->outside);
  g_autofree char *outside = turn_address_to_string (&address->outside);
  g_autofree char *inside = NULL;

  if (range != NULL)
    problem (problems,
             "%s is %s and reaches nobody: give the address that others see, as in "
             "PUBLIC/PRIVATE when a NAT is between",
             outside, range->what);
  if (address->inside.size == 0)
    return;
  inside = turn_address_to_string (&address->inside);
  if (address->inside.size != address->outside.size)
    problem (problems, "%s and %s are of two families", outside, inside);
  else if (turn_address_equal (&address->inside, &address->outside))
    problem (problems, "%s/%s: give it once when the machine itself has it", outside, inside);
  else if (turn_ranges_find (&address->inside) == NULL)
    problem (problems,
             "%s is public: what stands behind the slash is the machine's own, private "
             "address",
             inside);
  else if (g_str_has_prefix (inside, "127.") || g_str_has_prefix (inside, "0.")
           || g_str_equal (inside, "::1") || g_str_equal (inside, "::"))
    problem (problems, "%s is no address of a network", inside);
}

/* Whether an earlier address is the same on either side. */
static gboolean
is_repeated (const TurnConfig *self, guint index)
{
  const TurnConfigAddress *address = &g_array_index (self->addresses, TurnConfigAddress, index);

  for (guint i = 0; i < index; i++)
    {
      const TurnConfigAddress *other = &g_array_index (self->addresses, TurnConfigAddress, i);
      if (turn_address_equal (&address->outside, &other->outside)
          || (address->inside.size != 0 && turn_address_equal (&address->inside, &other->inside)))
        return TRUE;
    }
  return FALSE;
}

static void
check_addresses (const TurnConfig *self, GPtrArray *problems)
{
  if (self->addresses->len == 0)
    problem (problems, "The server's address is missing: --external-ip PUBLIC or PUBLIC/PRIVATE");
  if (self->addresses->len > MAX_ADDRESSES)
    problem (problems, "At most %d addresses", MAX_ADDRESSES);
  for (guint i = 0; i < self->addresses->len; i++)
    {
      check_address (&g_array_index (self->addresses, TurnConfigAddress, i), problems);
      if (is_repeated (self, i))
        problem (problems, "An address is given twice");
    }
}

static gboolean
is_port (int port)
{
  return port >= 1 && port <= G_MAXUINT16;
}

static void
check_ports (const TurnConfig *self, GPtrArray *problems)
{
  if (!is_port (self->port) || (!self->has_no_tls && !is_port (self->tls_port)))
    problem (problems, "A port is a number from 1 to 65535");
  else if (!self->has_no_tls && self->port == self->tls_port)
    problem (problems, "--port and --tls-port are the same");
  if (self->min_port < 1024 || self->max_port > G_MAXUINT16 || self->min_port > self->max_port)
    problem (problems, "The relays' ports go from 1024 at least to 65535 at most");
  /* The next port after each is for RFC 5780. */
  else if ((self->port + 1 >= self->min_port && self->port <= self->max_port)
           || (!self->has_no_tls && self->tls_port + 1 >= self->min_port
               && self->tls_port <= self->max_port))
    problem (problems, "The server's own ports are among those of the relays");
  else if (self->total_quota > self->max_port - self->min_port + 1)
    problem (problems,
             "%d relays at a time need as many ports: raise --relay-ports or lower "
             "--total-quota",
             self->total_quota);
  if (self->user_quota < 1 || self->total_quota < self->user_quota)
    problem (problems, "--user-quota is at least 1 and at most --total-quota");
  if (self->max_bps < 0)
    problem (problems, "--max-bps is a number of bytes a second");
}

/* What coturn would take for something else: a key in hexadecimal, a comment or a separator. */
static gboolean
is_plain (const char *text)
{
  return consists_of (text, "-._~+/@%^*!?:,=") && *text != '=' && !g_str_has_prefix (text, "0x");
}

static void
check_access (const TurnConfig *self, GPtrArray *problems)
{
  for (guint i = 0; i < self->users->len; i++)
    {
      const TurnConfigUser *user = &g_array_index (self->users, TurnConfigUser, i);
      if (*user->name == '\0' || strlen (user->name) > MAX_REALM
          || !consists_of (user->name, "-._@+"))
        problem (problems, "The user '%s' is at most %d letters, digits and -._@+", user->name,
                 MAX_REALM);
      if (strlen (user->password) < MIN_PASSWORD || strlen (user->password) > MAX_SECRET
          || !is_plain (user->password))
        problem (problems,
                 "The password of '%s' is %d to %d letters, digits and -._~+/@%%^*!?:,= "
                 "that don't begin with 0x; without one a good one is made",
                 user->name, MIN_PASSWORD, MAX_SECRET);
    }
  if (self->users->len == 0
      && (strlen (self->secret) < MIN_SECRET || strlen (self->secret) > MAX_SECRET
          || !is_plain (self->secret)))
    problem (problems, "The secret is %d to %d letters, digits and -._~+/@%%^*!?:,=", MIN_SECRET,
             MAX_SECRET);
}

/* coturn looks for a file that is not absolute in several places. */
static gboolean
is_usable_path (const char *path)
{
  return g_path_is_absolute (path) && strlen (path) <= MAX_PATH_LENGTH
         && strpbrk (path, "\n\r\t \";") == NULL;
}

static void
check_tls (const TurnConfig *self, GPtrArray *problems)
{
  if (self->has_no_tls)
    return;
  if (self->certificate == NULL || self->key == NULL)
    problem (problems,
             "The certificate is missing: --certificate FILE and --key FILE; --no-tls for "
             "a server without turns:");
  else if (!is_usable_path (self->certificate) || !is_usable_path (self->key))
    problem (problems, "coturn wants the paths of certificate and key without spaces and quotes");
  else if (turn_config_get_host (self) != NULL)
    turn_certificate_check (self->certificate, self->key, turn_config_get_host (self), problems);
}

GPtrArray *
turn_config_check (const TurnConfig *self)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func (g_free);

  check_names (self, problems);
  check_addresses (self, problems);
  check_ports (self, problems);
  check_access (self, problems);
  check_tls (self, problems);
  return problems;
}
