/* SPDX-License-Identifier: MPL-2.0 */
/* What all C++ tests share: Floe's C headers and autoptrs in C++ dress. */
#pragma once

#include <glib.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

/* A GError out-parameter that frees itself: Call (x, Error ()). */
class ErrorHolder
{
public:
  ~ErrorHolder ()
  {
    g_clear_error (&error_);
  }
  operator GError ** ()
  {
    g_clear_error (&error_);
    return &error_;
  }
  const GError *get () const
  {
    return error_;
  }
  const char *message () const
  {
    return error_ != nullptr ? error_->message : "(no error)";
  }
  bool Is (GQuark domain, int code) const
  {
    return g_error_matches (error_, domain, code);
  }

private:
  GError *error_ = nullptr;
};

/* A string that g_free() frees. */
inline std::string
TakeString (char *text)
{
  std::string result = text != nullptr ? text : "";
  g_free (text);
  return result;
}
