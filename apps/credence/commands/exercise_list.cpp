// SPDX-License-Identifier: BSD-3-Clause
// `credence exercise list`: the textbook exercises.
#include "credence/command.hpp"
#include "exercises/exercise.hpp"

namespace credence::app {
namespace {

struct options {
  std::string book;
};

document run(const options& given, session&) {
  document shown;
  table_text list{"", {"id", "book", "statement"}, {}};
  json all = json::array();
  for (const exercises::exercise& e : exercises::all_exercises()) {
    if (!given.book.empty() && e.book != given.book) continue;
    all.push_back({{"id", e.id}, {"book", e.book}, {"source", e.source}, {"statement", e.statement}});
    list.rows.push_back({e.id, e.book, e.statement});
  }
  if (all.empty()) throw usage_error("exercise list: --book is " + given.book + ", which has no exercises");
  shown.data["exercises"] = std::move(all);
  shown.tables.push_back(std::move(list));
  return shown;
}

void declare(CLI::App& app, options& given) {
  app.add_option("--book", given.book, "only those of one book")->option_text("NAME");
}

}  // namespace

void add_exercise_list(program& all) {
  all.add({.name = "exercise list",
           .summary = "the textbook exercises",
           .example = "credence exercise list --book koller_friedman",
           .csv = true},
          declare, run);
}

}  // namespace credence::app
