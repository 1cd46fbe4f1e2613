/* SPDX-License-Identifier: MPL-2.0 */
/* Two services on one link, and what else may be there: a responder that has the port, hosts that
 * are not on the link, interfaces that come and go. */
#include "../own-namespace.h"

#include <arpa/inet.h>
#include <cstring>
#include <fstream>
#include <functional>
#include <net/if.h>
#include <sys/socket.h>

G_BEGIN_DECLS
#include "floe-local-addresses-private.h"
#include "floe-mdns-private.h"
#include "floe-mdns-sockets-private.h"
G_END_DECLS

#define GROUP "224.0.0.251"
#define LIMIT_MS 20000 /* for what takes milliseconds on a machine at rest */

class Mdns : public OwnNamespaceTest
{
};

/* A connection's part, in a context of its own: another one has another service. */
class User
{
public:
  explicit User (const char *interface)
  {
    SetInterface (interface);
    user = floe_mdns_user_new (context, addresses, OnFound, this);
  }
  ~User ()
  {
    Drop ();
    g_array_unref (addresses);
    g_main_context_unref (context);
  }

  void Drop ()
  {
    g_clear_pointer (&user, floe_mdns_user_free);
  }

  void SetInterface (const char *interface)
  {
    const char *interfaces[] = { interface, nullptr };
    GArray *all = floe_local_addresses_list ();
    GArray *selected = floe_local_addresses_select (all, interfaces, FALSE);

    g_array_set_size (addresses, 0);
    g_array_append_vals (addresses, selected->data, selected->len);
    g_array_unref (selected);
    g_array_unref (all);
  }

  std::string Publish (const char *address)
  {
    const char *name = floe_mdns_user_publish (user, address);

    return name != nullptr ? name : "";
  }

  bool HasFound (const std::string &name, const std::string &address) const
  {
    for (const std::string &one : found)
      {
        if (one == name + " " + address)
          return true;
      }
    return false;
  }

  GMainContext *context = g_main_context_new ();
  GArray *addresses = g_array_new (FALSE, FALSE, sizeof (FloeLocalAddress));
  FloeMdnsUser *user = nullptr;
  std::vector<std::string> found; /* "NAME ADDRESS", or "NAME -" */

private:
  static void OnFound (const char *name, const char *address, gpointer data)
  {
    static_cast<User *> (data)->found.push_back (std::string (name) + " "
                                                 + (address != nullptr ? address : "-"));
  }
};

static bool
RunBoth (User &a, User &b, const std::function<bool ()> &is_so)
{
  gint64 end_us = g_get_monotonic_time () + LIMIT_MS * G_TIME_SPAN_MILLISECOND;

  bool is_done;

  /* It may take what it looks for, and so is asked once a turn. */
  while (!(is_done = is_so ()) && g_get_monotonic_time () < end_us)
    {
      bool was_busy = g_main_context_iteration (a.context, FALSE);

      was_busy |= (bool) g_main_context_iteration (b.context, FALSE);
      if (!was_busy)
        g_usleep (1000);
    }
  return is_done;
}

/* A socket of others: plain, or a responder's on port 5353 as Avahi opens it. */
class Plain
{
public:
  explicit Plain (const char *address, guint16 port, bool joins = false)
  {
    struct sockaddr_in own = Inet (address, port);
    int yes = 1;

    Require (setsockopt (fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0
                 && setsockopt (fd_, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == 0,
             "the port is shared");
    Require (bind (fd_, (struct sockaddr *) &own, sizeof own) == 0, "bound");
    if (joins)
      Join ("d0");
  }
  ~Plain ()
  {
    close (fd_);
  }

  void Join (const char *interface)
  {
    struct ip_mreqn group = { { inet_addr (GROUP) }, {}, (int) if_nametoindex (interface) };

    Require (setsockopt (fd_, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0, "joined");
  }

  void Send (const FloeMdnsMessage &message, const char *to = GROUP, const char *through = "d0")
  {
    struct ip_mreqn interface = { {}, {}, (int) if_nametoindex (through) };
    struct sockaddr_in address = Inet (to, FLOE_MDNS_PORT);
    guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE];
    gsize size = floe_mdns_message_serialize (&message, buffer);

    setsockopt (fd_, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
    Require (sendto (fd_, buffer, size, 0, (struct sockaddr *) &address, sizeof address)
                 == (gssize) size,
             "sent");
  }

  /* The next message, if there is one. */
  bool Receive (FloeMdnsMessage *message)
  {
    guint8 buffer[FLOE_MDNS_MAX_RECEIVED_SIZE];
    gssize size = recv (fd_, buffer, sizeof buffer, MSG_DONTWAIT);

    return size > 0 && floe_mdns_message_parse (message, buffer, (gsize) size, nullptr);
  }

  /* Whether a record of @name with @address has come. */
  bool Hears (const std::string &name, guint32 ttl_s)
  {
    FloeMdnsMessage message;

    while (Receive (&message))
      for (guint i = 0; i < message.record_count; i++)
        {
          if (name == message.records[i].name && message.records[i].ttl_s == ttl_s)
            return true;
        }
    return false;
  }

private:
  static struct sockaddr_in Inet (const char *address, guint16 port)
  {
    struct sockaddr_in result = {};

    result.sin_family = AF_INET;
    result.sin_port = htons (port);
    result.sin_addr.s_addr = inet_addr (address);
    return result;
  }

  int fd_ = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

static FloeMdnsMessage
Question (const std::string &name)
{
  FloeMdnsMessage message = {};

  message.question_count = 1;
  message.questions[0].type = FLOE_MDNS_TYPE_A;
  g_strlcpy (message.questions[0].name, name.c_str (), sizeof message.questions[0].name);
  return message;
}

static FloeMdnsMessage
Answer (const char *name, guint8 last)
{
  FloeMdnsMessage message = {};
  FloeMdnsRecord *record = &message.records[0];

  message.is_response = TRUE;
  message.record_count = 1;
  record->type = FLOE_MDNS_TYPE_A;
  record->ttl_s = 120;
  record->address = { { 192, 0, 2, last }, FLOE_MDNS_IPV4_SIZE };
  g_strlcpy (record->name, name, sizeof record->name);
  return message;
}

static void
Enter ()
{
  EnterNamespace ();
  Do ("ip link set lo up");
  AddInterface ();
  Do ("ip address add 2001:db8::1/64 dev d0 nodad");
}

static int
CountSockets ()
{
  int count = 0;

  for (const char *file : { "/proc/net/udp", "/proc/net/udp6" })
    {
      std::ifstream lines (file);
      std::string line;

      while (std::getline (lines, line))
        count += line.find (":14E9 ") != std::string::npos;
    }
  return count;
}

static void
FindEachOther ()
{
  Enter ();
  User a ("d0"), b ("d0");
  std::string ipv4 = a.Publish ("192.0.2.1"), ipv6 = a.Publish ("2001:db8::1");

  Require (ipv4.size () == 36 + 6 && ipv4[14] == '4' && ipv4 != ipv6, "UUIDs of version 4");
  Require (a.Publish ("192.0.2.1") == ipv4, "one name an address");
  Require (b.Publish ("192.0.2.1") != ipv4, "and another one each connection");
  Require (floe_mdns_user_look_up (b.user, ipv4.c_str ())
               && floe_mdns_user_look_up (b.user, ipv6.c_str ()),
           "looked up");
  Require (floe_mdns_user_is_pending (b.user), "and waited for");
  Require (
      RunBoth (a, b,
               [&] { return b.HasFound (ipv4, "192.0.2.1") && b.HasFound (ipv6, "2001:db8::1"); }),
      "both addresses are found");
  Require (!floe_mdns_user_is_pending (b.user), "nothing is waited for");
  _Exit (0);
}

TEST_F (Mdns, NamesOfOneAreFoundByTheOther)
{
  EXPECT_EXIT (FindEachOther (), HasPassed, "");
}

static void
ShareTheProcess ()
{
  Enter ();
  User a ("d0");
  FloeMdnsUser *second = floe_mdns_user_new (
      a.context, a.addresses,
      [] (const char *, const char *address, gpointer data) { *(std::string *) data = address; },
      &a.found.emplace_back ());
  std::string name = a.Publish ("192.0.2.1");

  Require (CountSockets () == 2, "one socket a family");
  Require (floe_mdns_user_look_up (second, name.c_str ()), "looked up");
  Require (a.found[0] == "192.0.2.1", "and known without asking");
  floe_mdns_user_free (second);
  Require (CountSockets () == 2, "the other one goes on");
  a.Drop ();
  Require (CountSockets () == 0, "nothing is open");
  _Exit (0);
}

TEST_F (Mdns, ConnectionsShareSocketsWhileThereIsSomethingToDo)
{
  EXPECT_EXIT (ShareTheProcess (), HasPassed, "");
}

/* As Avahi has it: all addresses, port 5353, with both options. */
static void
ShareThePort ()
{
  Enter ();
  Plain avahi ("0.0.0.0", FLOE_MDNS_PORT, true);
  User a ("d0"), b ("d0");
  std::string name = a.Publish ("192.0.2.1");
  FloeMdnsMessage message;

  avahi.Send (Question (name));
  Require (RunBoth (a, b, [&] { return avahi.Hears (name, 120); }), "both hear what is multicast");
  avahi.Send (Question (name), "192.0.2.1");
  Require (RunBoth (a, b, [&] { return avahi.Receive (&message) && message.question_count == 1; }),
           "what is unicast is the other's");
  Require (floe_mdns_user_look_up (b.user, "printer.local"), "looked up");
  avahi.Send (Answer ("printer.local", 9));
  Require (RunBoth (a, b, [&] { return b.HasFound ("printer.local", "192.0.2.9"); }),
           "the other one's answer is heard");
  a.Drop ();
  Require (RunBoth (b, b, [&] { return avahi.Hears (name, 0); }), "and a farewell");
  _Exit (0);
}

TEST_F (Mdns, AnotherResponderOnTheMachineIsNotInTheWay)
{
  EXPECT_EXIT (ShareThePort (), HasPassed, "");
}

static void
RefuseUnicastAnswers ()
{
  Enter ();
  Plain stranger ("192.0.2.1", 40000), neighbour ("192.0.2.1", FLOE_MDNS_PORT);
  User b ("d0");

  floe_mdns_user_look_up (b.user, "peer.local");
  neighbour.Send (Answer ("peer.local", 1), "192.0.2.1"); /* unicast: from anywhere */
  stranger.Send (Answer ("peer.local", 2), GROUP);        /* not from port 5353 */
  neighbour.Send (Answer ("peer.local", 3), GROUP);
  Require (RunBoth (b, b, [&] { return !b.found.empty (); }), "found");
  Require (b.HasFound ("peer.local", "192.0.2.3"), "what came by multicast from the port");
  _Exit (0);
}

TEST_F (Mdns, AnswersThatAreNotOfTheLinkAreRefused)
{
  EXPECT_EXIT (RefuseUnicastAnswers (), HasPassed, "");
}

static void
AnswerOnTheLinkOnly ()
{
  Enter ();
  Do ("ip address add 198.51.100.1/32 dev lo");
  Plain far ("198.51.100.1", 40000), near ("192.0.2.1", 40000);
  User a ("d0");
  std::string name = a.Publish ("192.0.2.1");
  FloeMdnsMessage message;

  far.Send (Question (name));
  near.Send (Question (name));
  Require (RunBoth (a, a, [&] { return near.Hears (name, 10); }), "a neighbour gets an answer");
  Require (!far.Receive (&message), "nobody else");
  _Exit (0);
}

TEST_F (Mdns, HostsBeyondTheLinkGetNoAnswer)
{
  EXPECT_EXIT (AnswerOnTheLinkOnly (), HasPassed, "");
}

/* Interfaces that a connection does not use hear nothing of it, and what others have on them is
 * not answered for. */
static void
StayOnOneInterface ()
{
  Enter ();
  Do ("ip link add e0 type veth peer name e1 && ip link set e1 up && "
      "ip address add 203.0.113.1/24 dev e0 && ip link set e0 up");
  Plain other ("0.0.0.0", FLOE_MDNS_PORT);
  User a ("d0");
  std::string name = a.Publish ("192.0.2.1");
  FloeMdnsMessage message;

  other.Join ("e0");
  floe_mdns_user_look_up (a.user, "peer.local");
  other.Send (Question (name), GROUP, "e0");
  Require (RunBoth (a, a,
                    [&] {
                      return other.Receive (&message)
                             && strcmp (message.questions[0].name, name.c_str ()) == 0;
                    }),
           "the question has been heard");
  other.Join ("d0");
  other.Send (Question (name), GROUP, "d0");
  Require (RunBoth (a, a, [&] { return other.Hears (name, 120); }), "the right link is answered");
  _Exit (0);
}

TEST_F (Mdns, OnlyTheInterfacesInUseAreSpokenTo)
{
  EXPECT_EXIT (StayOnOneInterface (), HasPassed, "");
}

static void
FollowTheInterfaces ()
{
  EnterNamespace ();
  Do ("ip link set lo up");
  User a ("d0"), b ("d0");
  std::string name = a.Publish ("192.0.2.1");

  floe_mdns_user_look_up (b.user, name.c_str ());
  Require (CountSockets () == 0, "there is no interface");
  AddInterface ();
  a.SetInterface ("d0");
  b.SetInterface ("d0");
  floe_mdns_user_handle_change (a.user);
  floe_mdns_user_handle_change (b.user);
  Require (CountSockets () > 0, "it is spoken on");
  Require (RunBoth (a, b, [&] { return b.HasFound (name, "192.0.2.1"); }), "found");
  Do ("ip link delete d0");
  a.SetInterface ("d0");
  floe_mdns_user_handle_change (a.user);
  b.Drop ();
  Require (CountSockets () == 0, "nothing is open");
  _Exit (0);
}

TEST_F (Mdns, InterfacesThatComeAndGoAreFollowed)
{
  EXPECT_EXIT (FollowTheInterfaces (), HasPassed, "");
}

static void
BoundAConnection ()
{
  Enter ();
  User a ("d0");
  int published = 0, looked_up = 0;

  while (published < 100
         && !a.Publish (("192.0.2." + std::to_string (published + 1)).c_str ()).empty ())
    published++;
  while (looked_up < 100
         && floe_mdns_user_look_up (a.user, ("n" + std::to_string (looked_up) + ".local").c_str ()))
    looked_up++;
  Require (published == FLOE_MDNS_MAX_USER_PUBLISHED, "so many addresses");
  Require (looked_up == FLOE_MDNS_MAX_USER_LOOKUPS, "so many names");
  Require (floe_mdns_user_look_up (a.user, "N0.Local"), "again is not more");
  Require (!floe_mdns_user_look_up (a.user, "example.com"), "and never what DNS would be asked");
  _Exit (0);
}

TEST_F (Mdns, AConnectionHasABoundedNumberOfNames)
{
  EXPECT_EXIT (BoundAConnection (), HasPassed, "");
}
