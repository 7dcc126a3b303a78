// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/output.hpp"

#include "credence/base/errors.hpp"
#include "credence/base/progress.hpp"
#include "credence/exec/context.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// What the author of a command needs. README.md beside this file shows how to add one.
namespace credence::app {

enum class exit_code : int {
  done = 0,
  check_failed = 1,
  usage = 64,
  bad_input = 65,
  no_input = 66,
  unavailable = 69,
  internal = 70,
  out_of_memory = 71,
  cannot_write = 73,
  interrupted = 130,
};

/// Wrong use of the command line: exit code 64. For input that is wrong in itself throw parse_error or domain_error.
class usage_error : public error {
 public:
  using error::error;
};

enum class output_format : std::uint8_t { people, json_object, csv_table };

/// What a running command works with besides its own options.
class session {
 public:
  const CLI::App* commands = nullptr;  ///< the tree of all commands, for completions and the manual
  exec::context context;               ///< from --device and --threads
  std::uint64_t seed = 0;              ///< from --seed, or chosen
  bool seed_given = false;
  std::string output;  ///< from --output; "-" is standard output
  output_format format = output_format::people;
  bool quiet = false;
  json config = json::object();               ///< the resolved options, for headers of files
  const interrupt_flag* interrupt = nullptr;  ///< set by Ctrl-C: stop between units of work and keep what is finished

  /// One line on standard error now, an entry of `warnings` in the result, and exit code 1 with --strict.
  void warn(const std::string& text);
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// A line on standard error while the command runs; not with --quiet.
  void say(const std::string& text) const;

  /// Hand this to long computations; it draws the bar.
  progress_callback progress;
  std::function<void()> clear_progress;  ///< takes the bar away before other lines are written

 private:
  std::vector<std::string> warnings_;
};

struct command_info {
  std::string name{};            ///< "models", "bayesnet query"
  std::string summary{};         ///< one line, for the list of commands
  std::string example{};         ///< a worked example: what to type and what comes back
  std::string output{};          ///< what --output names; empty when the command makes no artefact
  std::string default_output{};  ///< the name when --output is absent; empty: none is made then
  bool csv = false;              ///< the result is one table, so that --format csv makes sense
  bool random = false;           ///< uses random numbers: the seed is part of the result
};

/// All commands and the command line they share.
class program {
 public:
  program();
  ~program();

  /// Adds a command. `declare` adds its options to the CLI11 app, bound to the members of its options struct; `compute`
  /// makes the result.
  template <class Options>
  void add(command_info info, void (*declare)(CLI::App&, Options&), document (*compute)(const Options&, session&)) {
    const auto options = std::make_shared<Options>();
    declare(add_app(std::move(info), [options, compute](session& now) { return compute(*options, now); }), *options);
  }

  /// Runs the command that the arguments name. Never throws: errors become one line and an exit code.
  int run(int argc, char** argv);

 private:
  struct shared_options {
    std::string format = "table";
    std::uint64_t seed = 0;
    int threads = 0;
    std::string device = "cpu";
    std::string output;
    std::string config;
    bool quiet = false;
    bool strict = false;
  };
  struct entry {
    command_info info;
    std::function<document(session&)> run;
  };

  CLI::App& add_app(command_info info, std::function<document(session&)> compute);
  const CLI::App* find(const std::vector<std::string>& arguments, std::size_t& depth) const;
  int run_command(const CLI::App& chosen);
  void prepare(session& now, const CLI::App& chosen, const command_info& info) const;
  void print(const session& now, const command_info& info, document& result) const;

  CLI::App root_;
  shared_options shared_;
  std::map<const CLI::App*, entry> entries_;
};

/// Checks for `->check(...)` with the house message "is VALUE, but must be ...". A refusal is bad usage.
CLI::Validator at_least(std::int64_t least);
CLI::Validator between(std::int64_t least, std::int64_t most);
CLI::Validator positive();         ///< a finite number above zero
CLI::Validator non_negative();     ///< a finite number, zero or above
CLI::Validator between_0_and_1();  ///< inclusive

/// Defined by CMake from the files in commands/.
void add_commands(program& all);

}  // namespace credence::app
