/* SPDX-License-Identifier: MPL-2.0 */
/* A directory of servers that a test makes of a function. */
#pragma once

#include <floe/floe.h>

#include <functional>

struct OwnDirectory
{
  GObject parent_instance;
  std::function<void (FloeServerQuery *)> *ask; /* (owned) */
};
struct OwnDirectoryClass
{
  GObjectClass parent_class;
};

static void
own_directory_iface_init (FloeServerDirectoryInterface *iface)
{
  iface->ask = [] (FloeServerDirectory *self, FloeServerQuery *query) {
    (*((OwnDirectory *) self)->ask) (query);
  };
}

G_DEFINE_TYPE_WITH_CODE (OwnDirectory, own_directory, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (FLOE_TYPE_SERVER_DIRECTORY,
                                                own_directory_iface_init))

static void
own_directory_class_init (OwnDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = [] (GObject *object) {
    delete ((OwnDirectory *) object)->ask;
    G_OBJECT_CLASS (own_directory_parent_class)->finalize (object);
  };
}

static void
own_directory_init (OwnDirectory *self)
{
}

inline FloeServerDirectory *
MakeOwn (std::function<void (FloeServerQuery *)> ask)
{
  auto self = (OwnDirectory *) g_object_new (own_directory_get_type (), nullptr);

  self->ask = new std::function<void (FloeServerQuery *)> (std::move (ask));
  return FLOE_SERVER_DIRECTORY (self);
}
