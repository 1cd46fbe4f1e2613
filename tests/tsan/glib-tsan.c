/* SPDX-License-Identifier: MPL-2.0 */
/* Tells the thread sanitizer of GLib's synchronisation. Debian's GLib is not instrumented and its
 * GMutex is a futex, not a pthread_mutex_t, so the sanitizer would see no order between two
 * threads that take turns with one. Each function here stands in front of GLib's own of the same
 * name, calls it, and says what it orders.
 *
 * What stays unseen is the order that a GMainContext makes between whoever attaches a source and
 * whoever runs it; attaching says so for both. */
#include <glib-object.h>

#include <dlfcn.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* Calls the function that this one stands in front of. */
#define REAL(name)                                                                                 \
  ({                                                                                               \
    static __typeof__ (&name) real;                                                                \
    if (__atomic_load_n (&real, __ATOMIC_ACQUIRE) == NULL)                                         \
      __atomic_store_n (&real, (__typeof__ (&name)) dlsym (RTLD_NEXT, #name), __ATOMIC_RELEASE);   \
    real;                                                                                          \
  })

#undef g_atomic_ref_count_dec
#undef g_atomic_ref_count_inc
#undef g_object_unref

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean is_locked = REAL (g_mutex_trylock) (mutex);

  if (is_locked)
    __tsan_acquire (mutex);
  return is_locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean is_signalled;

  __tsan_release (mutex);
  is_signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return is_signalled;
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean was_last;

  __tsan_release (count);
  was_last = REAL (g_atomic_ref_count_dec) (count);
  if (was_last)
    __tsan_acquire (count);
  return was_last;
}

void
g_object_unref (gpointer object)
{
  /* Both before: the last reference is finalized inside. */
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (context != NULL ? context : g_main_context_default ());
  return REAL (g_source_attach) (source, context);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc function, gpointer user_data)
{
  __tsan_release (context != NULL ? context : g_main_context_default ());
  REAL (g_main_context_invoke) (context, function, user_data);
}

gboolean
g_main_context_iteration (GMainContext *context, gboolean may_block)
{
  gboolean is_dispatched = REAL (g_main_context_iteration) (context, may_block);

  __tsan_acquire (context != NULL ? context : g_main_context_default ());
  return is_dispatched;
}
