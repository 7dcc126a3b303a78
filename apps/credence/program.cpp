// SPDX-License-Identifier: BSD-3-Clause
// Parsing, dispatch, printing and the exit codes: what all commands share.
#include "credence/command.hpp"
#include "credence/config_file.hpp"
#include "credence/progress_bar.hpp"
#include "credence/version_text.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <new>
#include <random>

namespace credence::app {

namespace {

interrupt_flag interrupted;

/// The first Ctrl-C asks; the next one ends the program.
extern "C" void on_interrupt(int) {
  interrupted.request();
  std::signal(SIGINT, SIG_DFL);
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  return text;
}

int fail(exit_code code, const std::string& text) {
  std::cout.flush();
  std::cerr << "credence: " << one_line(text) << '\n';
  return static_cast<int>(code);
}

std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string command_name(const CLI::App* app) {
  std::string name;
  for (; app->get_parent() != nullptr; app = app->get_parent()) {
    name = app->get_name() + (name.empty() ? "" : " " + name);
  }
  return name;
}

std::string group_summary(const std::string& name) {
  if (name == "bayesnet") return "Bayesian networks: queries, separation, learning, formats";
  if (name == "ensemble") return "trees, forests, boosting: train, predict, evaluate";
  if (name == "exercise") return "textbook exercises with their known answers";
  if (name == "attention") return "attention forms side by side";
  if (name == "gradients") return "gradient estimators side by side";
  if (name == "approximate") return "stochastic approximation";
  return "";
}

/// What CLI11 says, in one line that names the command, with the likely intention for an unknown option.
std::string usage_text(const CLI::App* command, const CLI::ParseError& failure) {
  const std::string name = command_name(command);
  std::string text = name.empty() ? "" : name + ": ";
  if (dynamic_cast<const CLI::ExtrasError*>(&failure) == nullptr) {
    text += failure.what();
    if (const auto at = text.find(": is "); at != std::string::npos) text.erase(at, 1);  // "--threads is -1, but ..."
    return text;
  }
  const auto extras = command->remaining(true);
  const std::string& word = extras.front();
  if (word.empty() || word[0] != '-') return text + "unexpected argument '" + word + "'";
  std::vector<std::string> known;
  for (const CLI::Option* option : command->get_options()) known.push_back(option->get_name());
  const std::string guess = nearest(word.substr(0, word.find('=')), known);
  return text + "unknown option " + word + (guess.empty() ? "" : ", did you mean " + guess + "?");
}

exit_code code_of(const io_error& failure) {
  return failure.failed == io_error::kind::write ? exit_code::cannot_write : exit_code::no_input;
}

}  // namespace

void session::warn(const std::string& text) {
  warnings_.push_back(text);
  say("warning: " + text);
}

void session::say(const std::string& text) const {
  if (quiet) return;
  if (clear_progress) clear_progress();
  std::cerr << "credence: " << one_line(text) << '\n';
}

program::program() : root_("Probabilistic modelling and estimation", "credence") {
  root_.require_subcommand(0, 1);
  root_.set_version_flag(
      "--version", [] { return version_text(); }, "version, git revision, backends, dependencies");
  root_.footer("credence COMMAND --help shows the options of a command with a worked example.");
}

program::~program() = default;

CLI::App& program::add_app(command_info info, std::function<document(session&)> compute) {
  CLI::App* app = &root_;
  std::string rest = info.name;
  while (!rest.empty()) {
    const std::string word = rest.substr(0, rest.find(' '));
    rest = word.size() < rest.size() ? rest.substr(word.size() + 1) : "";
    const auto known = app->get_subcommands([](CLI::App*) { return true; });
    const auto at =
        std::find_if(known.begin(), known.end(), [&](const CLI::App* sub) { return sub->get_name() == word; });
    app = at != known.end() ? *at : app->add_subcommand(word, group_summary(word))->require_subcommand(0, 1);
  }
  app->description(info.summary);
  app->option_defaults()->always_capture_default();
  if (!info.example.empty()) app->footer("Example:\n  " + info.example);

  const std::string group = "Common options";
  app->set_version_flag("--version", [] { return version_text(); })->group(group);
  app->set_help_flag("-h,--help", "this text")->group(group);
  if (!info.output.empty()) {
    CLI::Option* output = app->add_option("--output", shared_.output, info.output)->option_text("FILE");
    if (!info.default_output.empty()) output->default_str(info.default_output);
  }
  app->add_option("--format", shared_.format, info.csv ? "table, json or csv" : "table or json")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->option_text("FORMAT")
      ->group(group);
  app->add_option("--seed", shared_.seed, "seed of the random numbers")
      ->check(at_least(0))
      ->option_text("N")
      ->default_str("")
      ->group(group);
  app->add_option("--threads", shared_.threads, "CPU threads; results do not depend on it")
      ->check(between(1, 1024))
      ->option_text("N")
      ->default_str("")
      ->group(group);
  app->add_option("--device", shared_.device, "cpu, cuda or auto")
      ->check(CLI::IsMember({"cpu", "cuda", "auto"}))
      ->option_text("DEVICE")
      ->group(group);
  app->add_flag("--quiet", shared_.quiet, "no progress and no warnings on standard error")->group(group);
  app->add_flag("--strict", shared_.strict, "warnings become exit code 1")->group(group);
  app->add_option("--config", shared_.config, "options from a file: name = value lines, or JSON")
      ->option_text("FILE")
      ->group(group);
  app->option_defaults()->group("Options");
  entries_[app] = {std::move(info), std::move(compute)};
  return *app;
}

const CLI::App* program::find(const std::vector<std::string>& arguments, std::size_t& depth) const {
  const CLI::App* app = &root_;
  for (depth = 0; depth < arguments.size(); ++depth) {
    const auto known = subcommands(*app);
    const std::string& word = arguments[depth];
    if (known.empty() || word.empty() || word[0] == '-') break;
    const auto at =
        std::find_if(known.begin(), known.end(), [&](const CLI::App* sub) { return sub->get_name() == word; });
    if (at == known.end()) {
      if (entries_.count(app) > 0) break;  // a command with subcommands takes its own arguments
      std::vector<std::string> names;
      for (const CLI::App* sub : known) names.push_back(sub->get_name());
      const std::string guess = nearest(word, names);
      const std::string group = command_name(app);
      throw usage_error("unknown command '" + (group.empty() ? "" : group + " ") + word + "'" +
                        (guess.empty() ? "; credence --help lists the commands" : ", did you mean '" + guess + "'?"));
    }
    app = *at;
  }
  return app;
}

void program::prepare(session& now, const CLI::App& chosen, const command_info& info) const {
  if (shared_.format == "csv" && !info.csv) {
    throw usage_error(info.name + ": --format csv needs a result that is one table; take table or json");
  }
  now.format = shared_.format == "json"  ? output_format::json_object
               : shared_.format == "csv" ? output_format::csv_table
                                         : output_format::people;
  now.quiet = shared_.quiet;
  now.output = shared_.output.empty() ? info.default_output : shared_.output;
  now.interrupt = &interrupted;
  now.commands = &root_;

  const bool cuda = shared_.device == "cuda" || (shared_.device == "auto" && exec::cuda_device_count() > 0);
  now.context = exec::cpu(shared_.threads);
  if (cuda) {
    const int threads = now.context.threads;
    now.context = exec::cuda();
    now.context.threads = threads;
  }
  now.seed_given = chosen.get_option("--seed")->count() > 0;
  now.seed = now.seed_given ? shared_.seed : std::random_device{}();
  now.config = json::parse(resolved_config(chosen));
  if (info.random || now.seed_given) now.config["seed"] = now.seed;
}

void program::print(const session& now, const command_info& info, document& result) const {
  if (!now.output.empty() && now.output == "-") return;  // standard output is the artefact
  std::string text;
  if (now.format == output_format::json_object) {
    if (!result.data.contains("warnings")) result.data["warnings"] = now.warnings();
    if (info.random) result.data["seed"] = now.seed;
    result.data["command"] = info.name;
    result.data["config"] = now.config;
    text = to_json_text(result.data) + "\n";
  } else if (now.format == output_format::csv_table) {
    text = to_csv_text(result.tables.at(0));
  } else {
    for (const auto& table : result.tables) text += (text.empty() ? "" : "\n") + to_people_text(table);
    for (const auto& note : result.notes) text += note + "\n";
    if (info.random) text += "seed " + std::to_string(now.seed) + "\n";
  }
  std::cout << text << std::flush;
}

int program::run_command(const CLI::App& chosen) {
  const entry& command = entries_.at(&chosen);
  session now;
  prepare(now, chosen, command.info);
  std::signal(SIGINT, on_interrupt);
  progress_bar bar(!now.quiet);
  now.progress = [&bar](const progress_event& event) { bar.update(event); };
  now.clear_progress = [&bar] { bar.clear(); };
  document result = command.run(now);
  bar.clear();
  print(now, command.info, result);
  if (!std::cout) throw io_error(io_error::kind::write, "standard output cannot be written");
  if (interrupted.requested()) return fail(exit_code::interrupted, "interrupted; what was finished is kept");
  const bool failed = result.failed || (shared_.strict && !now.warnings().empty());
  return static_cast<int>(failed ? exit_code::check_failed : exit_code::done);
}

int program::run(int argc, char** argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const CLI::App* chosen = &root_;
  try {
    std::size_t depth = 0;
    chosen = find(arguments, depth);
    const bool wants_json = std::find(arguments.begin(), arguments.end(), "json") != arguments.end();
    try {
      if (entries_.count(chosen) > 0) arguments = expand_config(arguments, depth, *chosen);
      std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
      root_.parse(arguments);
    } catch (const CLI::CallForHelp&) {
      std::cout << root_.help() << std::flush;
      return 0;
    } catch (const CLI::CallForVersion&) {
      std::cout << (wants_json ? to_json_text(version_data()) + "\n" : version_text()) << std::flush;
      return 0;
    } catch (const CLI::ParseError& failure) {
      return fail(exit_code::usage, usage_text(chosen, failure));
    }
    if (entries_.count(chosen) == 0) {
      const std::string group = command_name(chosen);
      throw usage_error((group.empty() ? "" : group + ": ") + "no command given; credence " +
                        (group.empty() ? "" : group + " ") + "--help lists them");
    }
    return run_command(*chosen);
  } catch (const usage_error& failure) {
    return fail(exit_code::usage, failure.what());
  } catch (const io_error& failure) {
    return fail(code_of(failure), failure.what());
  } catch (const not_built_error& failure) {
    return fail(exit_code::unavailable, failure.what());
  } catch (const device_error& failure) {
    return fail(exit_code::unavailable, failure.what());
  } catch (const memory_error& failure) {
    return fail(exit_code::out_of_memory, failure.what());
  } catch (const std::bad_alloc&) {
    return fail(exit_code::out_of_memory, "out of memory");
  } catch (const error& failure) {  // domain, shape and parse errors: the input is at fault
    return fail(exit_code::bad_input, failure.what());
  } catch (const std::exception& failure) {
    return fail(exit_code::internal, std::string("internal error: ") + failure.what());
  }
}

}  // namespace credence::app
