// SPDX-License-Identifier: BSD-3-Clause
// credence manual: the manual page (roff), made from the same tree of commands that parses the arguments.
#include "credence/command.hpp"

#include "credence/base/version.hpp"

#include <fmt/format.h>

#include <cctype>

namespace credence::app {

namespace {

struct options {};

/// Text for roff: hyphens and backslashes are escaped, a leading dot is no request.
std::string roff(const std::string& text) {
  std::string escaped = text.empty() || (text[0] != '.' && text[0] != '\'') ? "" : "\\&";
  for (const char c : text) {
    if (c == '-')
      escaped += "\\-";
    else if (c == '\\')
      escaped += "\\e";
    else
      escaped += c;
  }
  return escaped;
}

std::string option_entry(const CLI::Option& option) {
  const std::string argument = option.get_expected_max() == 0 ? "" : " " + option.get_option_text();
  std::string text = fmt::format(".TP\n.B {}{}\n{}", roff(option.get_name(option.get_positional())), roff(argument),
                                 roff(option.get_description()));
  const std::string standard = option.get_default_str();
  if (!standard.empty() && standard != "[]" && option.get_expected_max() != 0) text += roff(" [" + standard + "]");
  return text + "\n";
}

void write_command(const CLI::App& app, const std::string& path, std::string& page) {
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  if (app.get_options().size() > 1 || subcommands.empty()) {
    page += fmt::format(".SS credence {}\n{}\n", roff(path), roff(app.get_description()));
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() != "Common options") page += option_entry(*option);
    }
    if (!app.get_footer().empty()) page += ".PP\n.nf\n" + roff(app.get_footer()) + "\n.fi\n";
  }
  for (const CLI::App* sub : subcommands) write_command(*sub, path + " " + sub->get_name(), page);
}

document run(const options&, session& now) {
  std::string page = fmt::format(
      ".TH CREDENCE 1 \"\" \"credence {}\"\n.SH NAME\ncredence \\- probabilistic modelling and estimation\n"
      ".SH SYNOPSIS\n.B credence\n.I command\n[options]\n.SH COMMANDS\n",
      version().version);
  const auto commands = now.commands->get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* command : commands) write_command(*command, command->get_name(), page);
  page += ".SH COMMON OPTIONS\n";
  for (const CLI::App* command : commands) {
    if (command->get_name() != "manual") continue;
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_group() == "Common options") page += option_entry(*option);
    }
  }
  page +=
      ".SH EXIT STATUS\n0 done, 1 a requested check failed, 64 bad usage, 65 bad input data, 66 input cannot be "
      "opened, "
      "69 a device or optional part is not available, 70 internal error, 71 out of memory, 73 output cannot be "
      "written, "
      "130 interrupted";
  document result;
  result.data["page"] = page;
  result.notes.push_back(page);
  return result;
}

}  // namespace

void add_manual(program& all) {
  all.add(
      {.name = "manual", .summary = "the manual page of all commands", .example = "credence manual | man -l -"},
      +[](CLI::App&, options&) {}, run);
}

}  // namespace credence::app
