// SPDX-License-Identifier: BSD-3-Clause
// credence_peers <input folder>: reads row names from standard input; for each it runs a batch of at least 0.1 seconds
// and prints seconds per unit. `list` prints the names, `answer NAME` what a row computed.
#include "rows.hpp"

#include <chrono>
#include <exception>
#include <iostream>

namespace {

std::string folder;

double time_batch(const credence::peers::row& one) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  double seconds = 0.0;
  std::int64_t calls = 0;
  do {
    one.call();
    ++calls;
    seconds = std::chrono::duration<double>(clock::now() - start).count();
  } while (seconds < 0.1);
  return seconds / (static_cast<double>(calls) * one.units);
}

}  // namespace

const std::string& credence::peers::input_folder() { return folder; }

int main(int argc, char** argv) {
  if (argc > 1) folder = argv[1];
  credence::peers::rows all;
  credence::peers::add_all_rows(all);
  std::map<std::string, credence::peers::row> ready;
  std::cout.precision(17);
  for (std::string name; std::getline(std::cin, name);) {
    const bool wants_answer = name.rfind("answer ", 0) == 0;
    if (wants_answer) name.erase(0, 7);
    if (name == "list") {
      for (const auto& [known, make] : all.all()) std::cout << known << '\t';
      std::cout << std::endl;
      continue;
    }
    try {
      if (ready.count(name) == 0) {
        ready[name] = all.all().at(name)();
        ready[name].call();  // warm caches and pages
      }
      if (wants_answer) {
        if (ready[name].answer) {
          for (const double value : ready[name].answer()) std::cout << value << ' ';
        }
        std::cout << std::endl;
      } else {
        std::cout << time_batch(ready[name]) << std::endl;
      }
    } catch (const std::exception& failure) {
      std::cout << "error " << failure.what() << std::endl;
    }
  }
}
