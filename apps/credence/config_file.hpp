// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace credence::app {

/// Replaces `--config FILE` by the options written in the file; an option given on the command line wins.
///
/// The file is either a JSON object of option names and values (the `config` of an earlier result is one) or lines
/// `name = value`, where # starts a comment.
/// @param depth  how many leading arguments name the command
/// @throws io_error     when the file cannot be read
/// @throws parse_error  when it is malformed or names an option that the command does not have
std::vector<std::string> expand_config(std::vector<std::string> arguments, std::size_t depth, const CLI::App& command);

/// The resolved options as a JSON object that --config takes back. Left out is what cannot change a result: threads,
/// format, quiet.
std::string resolved_config(const CLI::App& command);

/// The candidate nearest in spelling, or nothing when none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace credence::app
