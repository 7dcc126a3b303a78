// SPDX-License-Identifier: BSD-3-Clause
#include "credence/config_file.hpp"

#include "credence/output.hpp"

#include "credence/base/errors.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace credence::app {

namespace {

/// One option of a file, with the place where it stands.
struct setting {
  std::string name;
  std::vector<std::string> values;
  std::int64_t line = 0;
  std::int64_t column = 0;
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<setting> parse_lines(const std::string& source, const std::string& text) {
  std::vector<setting> settings;
  std::istringstream lines(text);
  std::string line;
  for (std::int64_t number = 1; std::getline(lines, line); ++number) {
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const auto equals = line.find('=');
    if (equals == std::string::npos) throw parse_error(source, number, 1, "expected name = value");
    settings.push_back({trimmed(line.substr(0, equals)), {trimmed(line.substr(equals + 1))}, number, 1});
  }
  return settings;
}

std::string scalar_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::vector<setting> parse_json(const std::string& source, const std::string& text) {
  json object;
  try {
    object = json::parse(text);
  } catch (const json::parse_error& failure) {
    const auto at = std::min(failure.byte == 0 ? 0 : failure.byte - 1, text.size());
    const auto before = text.substr(0, at);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto newline = before.rfind('\n');
    const auto column = newline == std::string::npos ? at + 1 : at - newline;
    throw parse_error(source, line, static_cast<std::int64_t>(column), "not valid JSON");
  }
  std::vector<setting> settings;
  for (const auto& [name, value] : object.items()) {
    setting one{name, {}, 0, 0};
    if (value.is_array()) {
      for (const auto& element : value) one.values.push_back(scalar_text(element));
    } else if (value.is_object()) {
      throw parse_error(source, 0, 0, "the value of \"" + name + "\" is an object, but must be a value or a list");
    } else if (!value.is_null()) {
      one.values.push_back(scalar_text(value));
    }
    settings.push_back(std::move(one));
  }
  return settings;
}

std::vector<setting> read_settings(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) throw io_error(io_error::kind::open, path + ": cannot be read");
  const std::string content = text.str();
  const auto first = content.find_first_not_of(" \t\r\n");
  return first != std::string::npos && content[first] == '{' ? parse_json(path, content) : parse_lines(path, content);
}

bool is_flag(const CLI::Option& option) { return option.get_expected_max() == 0; }

/// The options and positionals that the command line itself gives.
std::set<const CLI::Option*> given_options(const std::vector<std::string>& arguments, std::size_t depth,
                                           const CLI::App& command, bool& positional) {
  std::set<const CLI::Option*> given;
  positional = false;
  for (std::size_t i = depth; i < arguments.size(); ++i) {
    const std::string name = arguments[i].substr(0, arguments[i].find('='));
    const CLI::Option* option = name.size() > 1 && name[0] == '-' ? command.get_option_no_throw(name) : nullptr;
    if (option == nullptr) {
      if (arguments[i].empty() || arguments[i][0] != '-') positional = true;
      continue;
    }
    given.insert(option);
    if (is_flag(*option) || name.size() != arguments[i].size()) continue;
    do {
      ++i;
    } while (option->get_expected_max() > 1 && i + 1 < arguments.size() && arguments[i + 1].rfind("--", 0) != 0);
  }
  return given;
}

}  // namespace

std::vector<std::string> expand_config(std::vector<std::string> arguments, std::size_t depth, const CLI::App& command) {
  std::string path;
  for (std::size_t i = depth; i < arguments.size() && path.empty(); ++i) {
    if (arguments[i] == "--config" && i + 1 < arguments.size()) path = arguments[i + 1];
    if (arguments[i].rfind("--config=", 0) == 0) path = arguments[i].substr(9);
  }
  if (path.empty()) return arguments;

  bool positional_given = false;
  const auto given = given_options(arguments, depth, command, positional_given);
  std::vector<std::string> positionals, options;
  for (const auto& one : read_settings(path)) {
    const CLI::Option* option = command.get_option_no_throw("--" + one.name);
    const bool positional = option == nullptr;
    if (positional) option = command.get_option_no_throw(one.name);
    if (option == nullptr || one.name == "config") {
      throw parse_error(path, one.line, one.column, "there is no option \"" + one.name + "\" to set");
    }
    if (positional) {
      if (!positional_given) positionals.insert(positionals.end(), one.values.begin(), one.values.end());
    } else if (given.count(option) == 0) {
      for (const auto& value : one.values) options.push_back("--" + one.name + "=" + value);
    }
  }
  const auto after_command = arguments.begin() + static_cast<std::ptrdiff_t>(depth);
  const auto after_positionals = arguments.insert(after_command, positionals.begin(), positionals.end());
  arguments.insert(after_positionals + static_cast<std::ptrdiff_t>(positionals.size()), options.begin(), options.end());
  return arguments;
}

std::string resolved_config(const CLI::App& command) {
  static const std::set<std::string> left_out = {"help", "version", "config", "threads", "format", "quiet", "seed"};
  json object = json::object();
  const auto typed = [](const std::string& text) {
    const json parsed = json::parse(text, nullptr, false);
    return parsed.is_number() ? parsed : json(text);
  };
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_single_name();
    if (left_out.count(name) > 0) continue;
    if (is_flag(*option)) {
      object[name] = option->count() > 0;
    } else if (option->count() > 0) {
      json values = json::array();
      for (const auto& value : option->results()) values.push_back(typed(value));
      object[name] = values.size() == 1 ? values[0] : values;
    } else if (const std::string value = option->get_default_str();
               !value.empty() && value != "[]" && value != "\"\"") {
      object[name] = typed(value);
    }
  }
  return object.dump();
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    // Levenshtein's distance, one row at a time.
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j < row.size(); ++j) {
        const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace credence::app
