// SPDX-License-Identifier: BSD-3-Clause
// credence completion: scripts for the shells, made from the same tree of commands that parses the arguments.
#include "credence/command.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace credence::app {

namespace {

struct options {
  std::string shell;
};

/// One command or group as a shell sees it.
struct node {
  std::string path;                                          ///< "bayesnet query"; empty for the program itself
  std::vector<std::pair<std::string, std::string>> words;    ///< subcommands with their descriptions
  std::vector<std::pair<std::string, std::string>> options;  ///< long options with their descriptions
};

void collect(const CLI::App& app, const std::string& path, std::vector<node>& all) {
  node one{path, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) one.options.emplace_back("--" + name, option->get_description());
  }
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subcommands) one.words.emplace_back(sub->get_name(), sub->get_description());
  all.push_back(std::move(one));
  for (const CLI::App* sub : subcommands) {
    collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), all);
  }
}

std::string joined_names(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string text;
  for (const auto& [name, description] : entries) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string single_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// A case statement that sets the candidates from the words typed so far; the same for bash and zsh.
std::string candidates_case(const std::vector<node>& all) {
  std::string text = "  case \"$path\" in\n";
  for (const auto& one : all) {
    text += fmt::format("    {}) words={} options={} ;;\n", single_quoted(one.path),
                        single_quoted(joined_names(one.words)), single_quoted(joined_names(one.options)));
  }
  return text + "  esac\n";
}

/// A case statement that is true for the paths of commands.
std::string path_pattern(const std::vector<node>& all) {
  std::string text;
  for (const auto& one : all) {
    if (!one.path.empty()) text += (text.empty() ? "" : "|") + single_quoted(one.path);
  }
  return text;
}

std::string bash_script(const std::vector<node>& all) {
  return "# bash completion for credence: source this file, or put it into a bash-completion folder.\n"
         "_credence() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} path='' next words='' options='' i\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    next=\"${path:+$path }${COMP_WORDS[i]}\"\n"
         "    case \"$next\" in " +
         path_pattern(all) +
         ") path=$next ;; esac\n"
         "  done\n" +
         candidates_case(all) +
         "  if [[ $current == -* ]]; then words=$options; fi\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
         "}\n"
         "complete -o filenames -F _credence credence\n";
}

std::string zsh_script(const std::vector<node>& all) {
  return "#compdef credence\n"
         "_credence() {\n"
         "  local path='' next words='' options='' i typed=(${words[@]})\n"
         "  for ((i = 2; i < CURRENT; ++i)); do\n"
         "    next=\"${path:+$path }${typed[i]}\"\n"
         "    case \"$next\" in " +
         path_pattern(all) +
         ") path=$next ;; esac\n"
         "  done\n" +
         candidates_case(all) +
         "  if [[ $PREFIX == -* ]]; then compadd -- ${=options}\n"
         "  elif [[ -n $words ]]; then compadd -- ${=words}\n"
         "  else _files; fi\n"
         "}\n"
         "_credence \"$@\"\n";
}

std::string fish_script(const std::vector<node>& all) {
  std::string text = "# fish completion for credence\n";
  for (const auto& one : all) {
    const std::string condition = one.path.empty()
                                      ? "__fish_use_subcommand"
                                      : "__fish_seen_subcommand_from " + one.path.substr(one.path.rfind(' ') + 1);
    for (const auto& [name, description] : one.words) {
      text += fmt::format("complete -c credence -n {} -f -a {} -d {}\n", single_quoted(condition), name,
                          single_quoted(description));
    }
    for (const auto& [name, description] : one.options) {
      text += fmt::format("complete -c credence -n {} -l {} -d {}\n", single_quoted(condition), name.substr(2),
                          single_quoted(description));
    }
  }
  return text;
}

document run(const options& given, session& now) {
  std::vector<node> all;
  collect(*now.commands, "", all);
  const std::string script = given.shell == "bash"  ? bash_script(all)
                             : given.shell == "zsh" ? zsh_script(all)
                                                    : fish_script(all);
  document result;
  result.data["script"] = script;
  result.notes.push_back(script.substr(0, script.size() - 1));  // printing ends the last line
  return result;
}

}  // namespace

void add_completion(program& all) {
  all.add(
      {.name = "completion",
       .summary = "the completion script of a shell",
       .example = "credence completion bash > ~/.local/share/bash-completion/completions/credence"},
      +[](CLI::App& app, options& given) {
        app.add_option("shell", given.shell, "bash, zsh or fish")
            ->required()
            ->check(CLI::IsMember({"bash", "zsh", "fish"}));
      },
      run);
}

}  // namespace credence::app
