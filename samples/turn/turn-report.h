/* SPDX-License-Identifier: MPL-2.0 */
/* What a check found, for people and for programs.
 *
 * Layer: samples. Asks nobody. */
#pragma once

#include "turn-session.h"

G_BEGIN_DECLS

typedef enum
{
  TURN_VERDICT_OK,      /* as it should be */
  TURN_VERDICT_NOTE,    /* could be better, opens nothing */
  TURN_VERDICT_SKIPPED, /* does not apply, or was not asked for */
  TURN_VERDICT_UNKNOWN, /* could not be found out */
  TURN_VERDICT_OPEN,    /* lets the server be abused */
} TurnVerdict;

typedef struct
{
  char *range;    /* (owned): as in "10.0.0.0/8" */
  char *what;     /* (owned) */
  char *evidence; /* (owned): which addresses, and what the server said to them */
  TurnVerdict verdict;
} TurnRangeResult;

typedef struct
{
  char *name; /* (owned): as in "anonymous" */
  char *text; /* (owned) */
  TurnVerdict verdict;
} TurnFinding;

typedef struct
{
  char *url;         /* (owned) */
  char *address;     /* (owned) (nullable): the server's, as it was reached */
  char *failure;     /* (owned) (nullable): why the check broke off */
  GPtrArray *ranges; /* (owned): of TurnRangeResult */
  GPtrArray *others; /* (owned): of TurnFinding */
  guint requests;
  double seconds;
} TurnReport;

TurnReport *turn_report_new (const char *url);
void turn_report_free (TurnReport *self);

void turn_report_add_range (TurnReport *self, const char *range, const char *what,
                            TurnVerdict verdict, const char *evidence);

void turn_report_add (TurnReport *self, const char *name, TurnVerdict verdict, const char *format,
                      ...) G_GNUC_PRINTF (4, 5);

/* The worst of all: OK, UNKNOWN or OPEN. */
TurnVerdict turn_report_get_verdict (const TurnReport *self);

/* (transfer full): for people; @is_long also what is as it should be. */
char *turn_report_to_text (const TurnReport *self, gboolean is_long);

/* (transfer full): one JSON object on one line. */
char *turn_report_to_json (const TurnReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnReport, turn_report_free)

G_END_DECLS
