/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-trace.h"

/* So that a loop of a program under test fills no disk: some 50 MB. */
#define MAX_FACTS 500000

#define PCAP_MAGIC 0xa1b2c3d4u
#define PCAP_RAW_IP 101

gboolean
lab_trace_open (LabTrace *self, const char *path)
{
  self->file = fopen (path, "we");
  self->count = 0;
  return self->file != NULL;
}

void
lab_trace_clear (LabTrace *self)
{
  if (self->file != NULL)
    fclose (self->file);
  self->file = NULL;
}

/* %FALSE when the trace is full; it says so once. */
static gboolean
begin (LabTrace *self, gint64 now_us, const char *node, const char *what)
{
  if (self->file == NULL || self->count > MAX_FACTS)
    return FALSE;
  if (self->count++ == MAX_FACTS)
    {
      fputs ("0 internet truncated\n", self->file);
      return FALSE;
    }
  fprintf (self->file, "%.6f %s %s", (double) now_us / G_USEC_PER_SEC, node, what);
  return TRUE;
}

static void
put_endpoint (LabTrace *self, const char *name, const LabEndpoint *endpoint)
{
  static const LabEndpoint nobody = { { { 0 } }, 0 };
  g_autofree char *text = NULL;

  if (lab_endpoint_equal (endpoint, &nobody))
    return;
  text = lab_endpoint_to_string (endpoint);
  fprintf (self->file, " %s=%s", name, text);
}

/* SECONDS NODE WHAT [reason=...] protocol=... [internal=...] [external=...] [remote=...] */
void
lab_trace_fact (LabTrace *self, gint64 now_us, const char *node, const LabNatFact *fact)
{
  if (!begin (self, now_us, node, fact->what))
    return;
  if (fact->reason != NULL)
    fprintf (self->file, " reason=%s", fact->reason);
  if (fact->protocol != 0)
    fprintf (self->file, " protocol=%s", lab_protocol_name (fact->protocol));
  put_endpoint (self, "internal", &fact->internal);
  put_endpoint (self, "external", &fact->external);
  put_endpoint (self, "remote", &fact->remote);
  fputc ('\n', self->file);
}

void
lab_trace_note (LabTrace *self, gint64 now_us, const char *text)
{
  if (begin (self, now_us, "internet", "note"))
    fprintf (self->file, " text=%s\n", text);
}

static void
put_words (FILE *file, const guint32 *words, gsize count)
{
  fwrite (words, sizeof *words, count, file);
}

/* (nullable): a file in the format of libpcap, whose packets begin with their IP header. */
FILE *
lab_capture_open (const char *path)
{
  FILE *file = fopen (path, "we");
  guint32 version;
  guint32 header[6];

  if (file == NULL)
    return NULL;
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  version = 2 | 4 << 16;
#else
  version = 2 << 16 | 4;
#endif
  header[0] = PCAP_MAGIC;
  header[1] = version;
  header[2] = header[3] = 0;
  header[4] = LAB_PACKET_CAPACITY;
  header[5] = PCAP_RAW_IP;
  put_words (file, header, G_N_ELEMENTS (header));
  return file;
}

void
lab_capture_packet (FILE *file, gint64 now_us, const LabPacket *packet)
{
  guint32 record[4] = { (guint32) (now_us / G_USEC_PER_SEC), (guint32) (now_us % G_USEC_PER_SEC),
                        (guint32) packet->size, (guint32) packet->size };

  put_words (file, record, G_N_ELEMENTS (record));
  fwrite (packet->data, 1, packet->size, file);
}
