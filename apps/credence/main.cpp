// SPDX-License-Identifier: BSD-3-Clause
#include "credence/command.hpp"

int main(int argc, char** argv) {
  credence::app::program all;
  credence::app::add_commands(all);
  return all.run(argc, argv);
}
