function __teamfix_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __teamfix_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __teamfix_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __teamfix_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __teamfix_parse_tokens -S
    set -l unparsed_tokens (__teamfix_tokens -pc)
    switch $unparsed_tokens[1]
    case 'teamfix'
        __teamfix_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'fix'
            __teamfix_parse_subcommand 0 'build=' 'log=' 'check=' 'candidates=' 'rounds=' 'branch=' 'patch=' 'apply' 'notes' 'protect=+' 'allow=+' 'carry=+' 'edit-format=' 'allow-revert' 'build-timeout=' 'keep-unverified' 'y' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'apply'
            __teamfix_parse_subcommand 1 'last' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'clean'
            __teamfix_parse_subcommand 0 'older-than=' 'all' 'n/dry-run' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'analyze'
            __teamfix_parse_subcommand -r 1 'staged' 'range=' 'log=' 'fail-on=' 'planner=' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'consensus'
            __teamfix_parse_subcommand -r 2 'experts=' 'roles=+' 'models=+' 'staged' 'range=' 'rank' 'cluster=' 'hear-all' 'no-synthesis' 'patch' 'build=' 'check=' 'adr=' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'stats'
            __teamfix_parse_subcommand 1 'last' 'everywhere' 'models' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'plan'
            __teamfix_parse_subcommand 2 'build=' 'staged' 'range=' 'experts=' 'planner=' 'format=' 'server=+' 'model=' 'pattern=' 'offline' 'q/quiet' 'no-color' 'version' 'h/help'
        case 'run'
            __teamfix_parse_subcommand 1 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'servers'
            __teamfix_parse_subcommand 0 'wait=' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'doctor'
            __teamfix_parse_subcommand 0 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'init'
            __teamfix_parse_subcommand 0 'print' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
        case 'config'
            __teamfix_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'show'
                __teamfix_parse_subcommand 0 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
            case 'trust'
                __teamfix_parse_subcommand 0 'remove' 'server=+' 'model=' 'strategy=' 'pattern=' 'max-workers=' 'timeout=' 'budget=' 'offline' 'no-cache' 'sandbox=' 'format=' 'q/quiet' 'v/verbose' 'no-color' 'version' 'h/help'
            end
        case 'help'
            __teamfix_parse_subcommand -r 1 'version'
        end
    end
end

function __teamfix_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __teamfix_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __teamfix_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __teamfix_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__teamfix_tokens -p)
    if test -z "$(__teamfix_tokens -t)"
        set -l index (count (__teamfix_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'teamfix' -f
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'fix' -d 'Turns a failing build into a verified fix branch.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'apply' -d 'Puts a recorded run\'s verified fix on the work tree, where that loses nothing.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'clean' -d 'Removes old branches below teamfix/, and what killed runs left in temporary folders.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'analyze' -d 'Reviews what changed, with specialists in parallel.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'consensus' -d 'Puts a question to several experts, and gives one answer with its dissent.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'stats' -d 'Shows what the team did: the recorded runs, or one run\'s figures per server and specialist.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'plan' -d 'Says what fix, analyze or consensus would do, as text, JSON or YAML.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'run' -d 'Runs a plan from a file, JSON or YAML.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'servers' -d 'Asks each model server for its version, models, what is loaded, and how fast it answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'doctor' -d 'Checks what works on this machine, and says what each missing thing would bring.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'init' -d 'Writes a commented .teamfix.yml with what was found here; never over an existing one.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'config' -d 'Shows every setting and where it comes from; decides what a repository may set.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" build' -l 'build' -d 'The command that fails and must pass; recognised from the files here when left out.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" log' -l 'log' -d 'Read what already failed from a file, or from standard input with -; the build then verifies.' -rF
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" check' -l 'check' -d 'A command that must pass after the build, such as the tests.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" candidates' -l 'candidates' -d 'How many candidates are asked for about one file in a round (default: 8).' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" rounds' -l 'rounds' -d 'How often what a build then says is worked on again (default: 3).' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" branch' -l 'branch' -d 'The branch\'s name; it lies below teamfix/ whatever this says.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" patch' -l 'patch' -d 'Write the verified patch to a file too.' -rF
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" apply' -l 'apply' -d 'Put the verified patch on the work tree too, where that loses nothing.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" notes' -l 'notes' -d 'Write the statistics as a git note on the branch\'s last commit too, below refs/notes/teamfix.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix"' -l 'protect' -d 'Files that no fix may touch; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix"' -l 'allow' -d 'A path that a fix may touch beside the failure\'s own files; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix"' -l 'carry' -d 'An ignored path that the build needs in its scratch checkout; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" edit-format' -l 'edit-format' -d 'How models write a change; auto goes by their size and record (default: auto).' -rfka 'auto line window function search-replace file'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" allow-revert' -l 'allow-revert' -d 'Accept a fix that only restores what the change under repair replaced.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" build-timeout' -l 'build-timeout' -d 'The most time for one build, 1 to 86400.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" keep-unverified' -l 'keep-unverified' -d 'Write a branch that no build has confirmed, below teamfix/unverified/, and end with 5.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" y' -s 'y' -d 'Run the recognised build command without asking.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix fix" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" last' -l 'last' -d 'The last run.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix apply" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" older-than' -l 'older-than' -d 'Remove branches older than this many days.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" all' -l 'all' -d 'Remove every branch below teamfix/.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" dry-run n' -s 'n' -l 'dry-run' -d 'Say what would be removed, and remove nothing.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix clean" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix analyze" -ge 1' -F
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" staged' -l 'staged' -d 'Look at what is staged.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" range' -l 'range' -d 'Look at what changed between two commits.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" log' -l 'log' -d 'A build\'s output, or - for standard input, as further evidence.' -rF
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" fail-on' -l 'fail-on' -d 'End with 1 when a finding is this bad.' -rfka 'note warning error never'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" planner' -l 'planner' -d 'Who plans the models\' part: the rules, or a model that is asked.' -rfka 'rules model'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix analyze" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix consensus" -ge 1' -F
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" experts' -l 'experts' -d 'How many independent experts are asked, 1 to 16.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus"' -l 'roles' -d 'The experts\' roles, with commas: specialists by name, or roles in words (default: the roster\'s, in turn).' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus"' -l 'models' -d 'The models that the experts are spread over, with commas (default: those that the servers run).' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" staged' -l 'staged' -d 'Let the experts look at what is staged.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" range' -l 'range' -d 'Let the experts look at what changed between two commits.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" rank' -l 'rank' -d 'Let the experts rank one another\'s answers, not knowing whose they are.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" cluster' -l 'cluster' -d 'What tells which answers are the same: their words, or in addition a model.' -rfka 'words model'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" hear-all' -l 'hear-all' -d 'Hear every expert, also when the vote is settled.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" no-synthesis' -l 'no-synthesis' -d 'Give the winning answer in its expert\'s own words.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" patch' -l 'patch' -d 'Ask for patches that make the failing command pass; they are verified, and votes decide between those that do.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" build' -l 'build' -d 'The command that fails and must pass, for --patch; the configured one when left out.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" check' -l 'check' -d 'A command that must pass after the build, for --patch.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" adr' -l 'adr' -d 'Save the decision as the next numbered record in this folder, such as docs/decisions.' -rfa '(__teamfix_complete_directories)'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix consensus" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" last' -l 'last' -d 'The last run.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" everywhere' -l 'everywhere' -d 'The runs of every repository, not only of this one.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" models' -l 'models' -d 'How well each model writes each edit format, over the runs of every repository.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix stats" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix plan" -eq 1' -fka 'fix analyze consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" build' -l 'build' -d 'The command that fails, for fix; recognised when left out.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" staged' -l 'staged' -d 'What is staged, for analyze.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" range' -l 'range' -d 'What changed between two commits, for analyze.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" experts' -l 'experts' -d 'How many experts, for consensus.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" planner' -l 'planner' -d 'Who plans: the rules, or a model that is asked.' -rfka 'rules model'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" format' -l 'format' -d 'The form: text, json or yaml.' -rfka 'text json yaml'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" model' -l 'model' -d 'The model for every server.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" offline' -l 'offline' -d 'Ask no server.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" q quiet' -s 'q' -l 'quiet' -d 'No notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix plan" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix run" -eq 1' -fa '(set -l exts \'json\' \'yml\' \'yaml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix run" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" wait' -l 'wait' -d 'How long to wait for each server.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix servers" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix doctor" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" print' -l 'print' -d 'Write it to standard output instead.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix init" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix config" -eq 1' -fa 'show' -d 'Shows every setting, its value and where it comes from.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_positional "teamfix config" -eq 1' -fa 'trust' -d 'Lets this repository\'s .teamfix.yml name servers, commands, roles, files to carry and the sandbox.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" remove' -l 'remove' -d 'Take the trust back.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust"' -l 'server' -d 'A model server, or the name of a configured one; repeatable.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" model' -l 'model' -d 'The model for every server; without it, each gets its best installed coding model.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" strategy' -l 'strategy' -d 'How a task gets its server.' -rfka 'round-robin capability load-aware predictive'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" pattern' -l 'pattern' -d 'How the work is cut; without it, the problem decides.' -rfka 'parallel-analysis divide-and-conquer pipeline consensus'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" max-workers' -l 'max-workers' -d 'The most tasks in flight over all servers.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" timeout' -l 'timeout' -d 'The most time for one attempt at a task.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" budget' -l 'budget' -d 'The most time for the whole run; what is verified by then counts.' -rfka ''
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" offline' -l 'offline' -d 'Ask no server: the built-in engine works alone.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" no-cache' -l 'no-cache' -d 'Ask servers also what they have answered in an earlier run, and keep no answers.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" sandbox' -l 'sandbox' -d 'Whether the build runs in a sandbox: require refuses without one, auto warns.' -rfka 'require auto off'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" format' -l 'format' -d 'The form of results and errors on standard output.' -rfka 'text json markdown'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" q quiet' -s 'q' -l 'quiet' -d 'No progress and no notes on standard error.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" v verbose' -s 'v' -l 'verbose' -d 'More progress: every build and every attempt.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" no-color' -l 'no-color' -d 'No colours, as with NO_COLOR.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" version' -l 'version' -d 'Show the version.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix config trust" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'teamfix' -n '__teamfix_should_offer_completions_for_flags_or_options "teamfix help" version' -l 'version' -d 'Show the version.'
