#include "ice-peer.h"
