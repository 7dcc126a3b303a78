// SPDX-License-Identifier: BSD-3-Clause
// `credence exercise run`: computes textbook exercises and holds them against their known answers.
#include "credence/command.hpp"
#include "exercises/exercise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace credence::app {
namespace {

struct options {
  std::vector<std::string> ids;
  bool all = false;
  std::string book;
};

std::vector<const exercises::exercise*> chosen(const options& given) {
  std::vector<const exercises::exercise*> list;
  for (const exercises::exercise& e : exercises::all_exercises()) {
    const bool named = std::find(given.ids.begin(), given.ids.end(), e.id) != given.ids.end();
    const bool wanted = named || (given.ids.empty() && (given.book.empty() ? given.all : e.book == given.book));
    if (wanted) list.push_back(&e);
  }
  for (const std::string& id : given.ids) {
    const bool known = std::any_of(list.begin(), list.end(), [&](const auto* e) { return e->id == id; });
    if (!known) throw usage_error("exercise run: there is no exercise " + id + "; credence exercise list shows them");
  }
  if (!given.book.empty() && list.empty()) {
    throw usage_error("exercise run: --book is " + given.book + ", which has no exercises");
  }
  if (list.empty()) throw usage_error("exercise run: ids, --book or --all is required");
  return list;
}

/// One number as itself, several as a list.
template <class Member>
json numbers(const std::vector<exercises::answer>& answers, const Member& member) {
  if (answers.size() == 1) return member(answers[0]);
  json list = json::array();
  for (const exercises::answer& a : answers) list.push_back(member(a));
  return list;
}

document run(const options& given, session& now) {
  const auto list = chosen(given);
  document shown;
  json results = json::array();
  table_text table{"", {"id", "what", "expected", "computed", "tolerance", "status"}, {}, 7};
  std::int64_t passed = 0, failed = 0, skipped = 0, done = 0;
  for (const exercises::exercise* e : list) {
    if (now.progress) now.progress({"exercises", done++, std::ssize(list)});
    json one{{"id", e->id}, {"book", e->book}, {"source", e->source}, {"statement", e->statement}};
    const auto start = std::chrono::steady_clock::now();
    std::vector<exercises::answer> answers;
    try {
      answers = e->compute();
    } catch (const exercises::not_at_hand& failure) {
      one["status"] = "skipped";
      one["reason"] = failure.what();
      table.rows.push_back({e->id, std::string(failure.what()), {}, {}, {}, std::string("skipped")});
      results.push_back(std::move(one));
      ++skipped;
      continue;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    bool all_pass = !answers.empty();
    for (const exercises::answer& a : answers) {
      all_pass = all_pass && a.passes();
      table.rows.push_back(
          {e->id, a.what, a.expected, a.computed, a.tolerance, std::string(a.passes() ? "pass" : "FAIL")});
    }
    one["what"] = numbers(answers, [](const auto& a) { return json(a.what); });
    one["expected"] = numbers(answers, [](const auto& a) { return json(a.expected); });
    one["computed"] = numbers(answers, [](const auto& a) { return json(a.computed); });
    one["tolerance"] = numbers(answers, [](const auto& a) { return json(a.tolerance); });
    one["why"] = numbers(answers, [](const auto& a) { return json(a.why); });
    one["status"] = all_pass ? "pass" : "fail";
    one["seconds"] = seconds;
    results.push_back(std::move(one));
    ++(all_pass ? passed : failed);
  }
  if (now.clear_progress) now.clear_progress();
  shown.data["exercises"] = std::move(results);
  shown.tables.push_back(std::move(table));
  shown.notes.push_back(fmt::format("{} passed, {} failed, {} skipped", passed, failed, skipped));
  shown.failed = failed > 0;
  return shown;
}

void declare(CLI::App& app, options& given) {
  app.add_option("ids", given.ids, "exercises by their ids")->option_text("ID...");
  app.add_flag("--all", given.all, "every exercise");
  app.add_option("--book", given.book, "the exercises of one book")->option_text("NAME");
}

}  // namespace

void add_exercise_run(program& all) {
  all.add({.name = "exercise run",
           .summary = "computes textbook exercises and holds them against their known answers",
           .example = "credence exercise run T1 T6 T24",
           .csv = true},
          declare, run);
}

}  // namespace credence::app
