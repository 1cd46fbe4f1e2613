/* SPDX-License-Identifier: MPL-2.0 */
/* The text of turnserver.conf. What each line does was read in the source of coturn 4.6.1; a line
 * that it does not know, it ignores with a warning, so a wrong name would go unnoticed. */
#include "turn-config.h"
#include "turn-ranges.h"

static void
write_addresses (const TurnConfig *self, GString *text)
{
  g_string_append (text, "\n# Only these, not all that the machine has.\n");
  for (guint i = 0; i < self->addresses->len; i++)
    {
      const TurnConfigAddress *address = &g_array_index (self->addresses, TurnConfigAddress, i);
      g_autofree char *outside = turn_address_to_string (&address->outside);
      g_autofree char *own =
          turn_address_to_string (address->inside.size != 0 ? &address->inside : &address->outside);
      g_string_append_printf (text, "listening-ip=%s\nrelay-ip=%s\n", own, own);
      if (address->inside.size != 0)
        g_string_append_printf (
            text,
            "# Behind a one-to-one NAT: clients are told the first. In this form, and only in "
            "this\n"
            "# one, coturn lets its clients reach each other in spite of denied-peer-ip below. It\n"
            "# opens the machine's own address with that: docs/turn.md has a firewall for it.\n"
            "external-ip=%s/%s\n",
            outside, own);
    }
}

static void
write_ports (const TurnConfig *self, GString *text)
{
  g_string_append_printf (text, "\n# UDP and TCP.\nlistening-port=%d\n", self->port);
  if (self->has_no_tls)
    g_string_append (text, "no-tls\nno-dtls\n");
  else
    g_string_append_printf (
        text,
        "# TLS, for networks that let nothing else out; 443 passes most.\n"
        "tls-listening-port=%d\ncert=%s\npkey=%s\n"
        "# RFC 8996 ended them. The ciphers are OpenSSL's own, which age better than a list.\n"
        "no-tlsv1\nno-tlsv1_1\n"
        "# No browser and no Floe asks for it.\nno-dtls\n",
        self->tls_port, self->certificate, self->key);
  g_string_append_printf (text,
                          "# One for each relay: open them for UDP in the firewall.\n"
                          "min-port=%d\nmax-port=%d\n",
                          self->min_port, self->max_port);
}

static void
write_access (const TurnConfig *self, GString *text)
{
  g_string_append_printf (text, "\nrealm=%s\n", self->realm);
  if (self->users->len == 0)
    g_string_append_printf (
        text,
        "# Credentials that end in time, made from this secret by whoever knows it: keep it off\n"
        "# clients. Never together with user=, which coturn would ignore without a word.\n"
        "use-auth-secret\nstatic-auth-secret=%s\n",
        self->secret);
  else
    g_string_append (text,
                     "# Who may use the relay. Never together with use-auth-secret, with which\n"
                     "# coturn would ignore these without a word.\nlt-cred-mech\n");
  for (guint i = 0; i < self->users->len; i++)
    {
      const TurnConfigUser *user = &g_array_index (self->users, TurnConfigUser, i);
      g_string_append_printf (text, "user=%s:%s\n", user->name, user->password);
    }
  g_string_append (text, "# What is overheard can be replayed for so many seconds at most.\n"
                         "stale-nonce=600\n"
                         "# Tells STUN from all else on the same port, RFC 8489 section 14.7.\n"
                         "fingerprint\n");
}

static void
write_limits (const TurnConfig *self, GString *text)
{
  g_string_append_printf (text,
                          "\n# Relays at a time, of one user and of all.\n"
                          "user-quota=%d\ntotal-quota=%d\n",
                          self->user_quota, self->total_quota);
  if (self->max_bps > 0)
    g_string_append_printf (
        text, "# Bytes a second of one relay, each way.\nmax-bps=%" G_GINT64_FORMAT "\n",
        self->max_bps);
}

/* RFC 5780 wants two addresses of a family, and tells clients of the other: which coturn does with
 * the private one behind a NAT. */
static gboolean
can_tell_nats (const TurnConfig *self)
{
  guint counts[2] = { 0 };

  for (guint i = 0; i < self->addresses->len; i++)
    {
      const TurnConfigAddress *address = &g_array_index (self->addresses, TurnConfigAddress, i);
      if (address->inside.size != 0)
        return FALSE;
      counts[address->outside.size == 16]++;
    }
  return counts[0] > 1 || counts[1] > 1;
}

static void
write_silence (const TurnConfig *self, GString *text)
{
  if (!self->wants_tcp_relay)
    g_string_append (text, "\n# No TCP connections from here (RFC 6062): WebRTC needs none.\n"
                           "no-tcp-relay\n");
  g_string_append (text, "\n# No console on a port.\nno-cli\n"
                         "# Which version this is helps nobody but attackers.\n"
                         "no-software-attribute\n"
                         "# Without \"verbose\", which logs the addresses of all clients. To the\n"
                         "# journal, or wherever standard output goes, and to no file.\n"
                         "log-file=stdout\n"
                         "# This file says who may be reached, and no table in a database.\n"
                         "no-dynamic-ip-list\n");
  if (!can_tell_nats (self))
    g_string_append (text, "# Telling NATs apart (RFC 5780) takes two public addresses; without,\n"
                           "# it would only make answers longer than questions.\nno-rfc5780\n");
}

static void
write_ranges (GString *text)
{
  guint count;
  const TurnRange *ranges = turn_ranges_get (&count);

  g_string_append (
      text,
      "\n# Whom to relay to nobody is allowed: a relay that does not refuse these is a door into\n"
      "# the network behind it. coturn knows no prefix lengths, takes no two prefixes in one line\n"
      "# (it compares IPv6 octet by octet), and denies everybody when a line is just 0.0.0.0 or "
      "::.\n"
      "no-multicast-peers\n");
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GPtrArray) lines = turn_range_to_coturn (&ranges[i]);
      g_string_append_printf (text, "# %s: %s%s\n", ranges[i].prefix, ranges[i].what,
                              lines->len == 0 ? "; coturn refuses it by itself" : "");
      for (guint j = 0; j < lines->len; j++)
        g_string_append_printf (text, "denied-peer-ip=%s\n",
                                (const char *) g_ptr_array_index (lines, j));
    }
}

char *
turn_config_to_text (const TurnConfig *self)
{
  GString *text =
      g_string_new ("# turnserver.conf for coturn 4.6, made by floe-turn. It has secrets"
                    " in it.\n");

  write_addresses (self, text);
  write_ports (self, text);
  write_access (self, text);
  write_limits (self, text);
  write_silence (self, text);
  write_ranges (text);
  return g_string_free (text, FALSE);
}

static void
describe_installing (const TurnConfig *self, const char *path, GString *text)
{
  g_string_append_printf (text,
                          "Give it to coturn, whose service runs as user turnserver:\n"
                          "  sudo install -o root -g turnserver -m 640 %s /etc/turnserver.conf\n"
                          "  sudo systemctl restart coturn\n",
                          path);
  /* Debian's unit has no capability, and coturn goes on without a port that it can't have. */
  if (self->port < 1024 || (!self->has_no_tls && self->tls_port < 1024))
    g_string_append (text,
                     "Ports below 1024 take a capability: sudo systemctl edit coturn, and add\n"
                     "  [Service]\n"
                     "  AmbientCapabilities=CAP_NET_BIND_SERVICE\n");
  if (!self->has_no_tls)
    g_string_append_printf (
        text,
        "User turnserver has to be able to read %s;\nits service sees neither /home nor /tmp.\n",
        self->key);
  g_string_append_printf (text, "Let in UDP and TCP port %d", self->port);
  if (!self->has_no_tls)
    g_string_append_printf (text, ", TCP port %d", self->tls_port);
  g_string_append_printf (text, ", and UDP ports %d to %d.\n", self->min_port, self->max_port);
}

char *
turn_config_describe_next (const TurnConfig *self, const char *path)
{
  GString *text = g_string_new (NULL);
  const char *name = turn_config_get_host (self);
  g_autofree char *host = g_strdup_printf (strchr (name, ':') != NULL ? "[%s]" : "%s", name);
  const char *file = path != NULL ? path : "turnserver.conf";

  describe_installing (self, file, text);
  g_string_append_printf (text,
                          "\nICE servers:\n  stun:%s:%d\n  turn:%s:%d?transport=udp\n"
                          "  turn:%s:%d?transport=tcp\n",
                          host, self->port, host, self->port, host, self->port);
  if (!self->has_no_tls)
    g_string_append_printf (text, "  turns:%s:%d?transport=tcp\n", host, self->tls_port);
  if (self->users->len == 0)
    g_string_append_printf (text,
                            "User and password, good for a day:\n"
                            "  floe-turn credentials --config %s --for alice\n",
                            file);
  else
    g_string_append_printf (text, "User and password stand in %s.\n", file);
  g_string_append_printf (text,
                          "\nThen see that it relays to nobody it should not:\n"
                          "  floe-turn check --config %s turn:%s:%d\n",
                          file, host, self->port);
  if (!self->has_no_tls)
    g_string_append_printf (text, "  floe-turn check --config %s turns:%s:%d\n", file, host,
                            self->tls_port);
  return g_string_free (text, FALSE);
}
