/* SPDX-License-Identifier: MPL-2.0 */
/* Where floe puts what it receives. */
#include "files-test.h"

extern "C"
{
#include "output-folder.h"
}

namespace
{

TEST (OutputFolder, NeedsAFolder)
{
  ErrorHolder error;

  EXPECT_EQ (output_folder_new ("/nonexistent", error), nullptr);
  EXPECT_TRUE (error.Is (G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

} // namespace
