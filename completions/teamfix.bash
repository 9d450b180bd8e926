#!/bin/bash

__teamfix_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__teamfix_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__teamfix_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__teamfix_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_teamfix() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __teamfix_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    fix|apply|clean|analyze|consensus|stats|plan|run|servers|doctor|init|config|hook|help)
        # Offer subcommand argument completions
        "_teamfix_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'fix apply clean analyze consensus stats plan run servers doctor init config hook help' -- "${cur}"))
        ;;
    esac
}

_teamfix_fix() {
    repeating_flags=()
    non_repeating_flags=(--apply --notes --no-mutations --allow-revert --keep-unverified -y --explain-prompts --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--protect --allow --carry --server)
    non_repeating_options=(--build --log --check --candidates --rounds --branch --patch --edit-format --build-timeout --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--build')
        return
        ;;
    '--log')
        __teamfix_add_completions -f
        return
        ;;
    '--check')
        return
        ;;
    '--candidates')
        return
        ;;
    '--rounds')
        return
        ;;
    '--branch')
        return
        ;;
    '--patch')
        __teamfix_add_completions -f
        return
        ;;
    '--protect')
        return
        ;;
    '--allow')
        return
        ;;
    '--carry')
        return
        ;;
    '--edit-format')
        __teamfix_add_completions -W 'auto'$'\n''line'$'\n''window'$'\n''function'$'\n''search-replace'$'\n''file'
        return
        ;;
    '--build-timeout')
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_apply() {
    repeating_flags=()
    non_repeating_flags=(--last --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_clean() {
    repeating_flags=()
    non_repeating_flags=(--all -n --dry-run --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--older-than --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--older-than')
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_analyze() {
    repeating_flags=()
    non_repeating_flags=(--staged --explain-prompts --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--range --log --fail-on --min-confidence --baseline --write-baseline --planner --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--range')
        return
        ;;
    '--log')
        __teamfix_add_completions -f
        return
        ;;
    '--fail-on')
        __teamfix_add_completions -W 'note'$'\n''warning'$'\n''error'$'\n''never'
        return
        ;;
    '--min-confidence')
        return
        ;;
    '--baseline')
        __teamfix_add_completions -f
        return
        ;;
    '--write-baseline')
        __teamfix_add_completions -f
        return
        ;;
    '--planner')
        __teamfix_add_completions -W 'rules'$'\n''model'
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __teamfix_add_completions -f
        return
        ;;
    esac
}

_teamfix_consensus() {
    repeating_flags=()
    non_repeating_flags=(--staged --rank --hear-all --no-synthesis --patch --explain-prompts --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--roles --models --server)
    non_repeating_options=(--experts --range --cluster --build --check --adr --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--experts')
        return
        ;;
    '--roles')
        return
        ;;
    '--models')
        return
        ;;
    '--range')
        return
        ;;
    '--cluster')
        __teamfix_add_completions -W 'words'$'\n''model'
        return
        ;;
    '--build')
        return
        ;;
    '--check')
        return
        ;;
    '--adr')
        __teamfix_add_completions -d
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __teamfix_add_completions -f
        return
        ;;
    esac
}

_teamfix_stats() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __teamfix_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    show|replay|events|prune)
        # Offer subcommand argument completions
        "_teamfix_stats_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'show replay events prune' -- "${cur}"))
        ;;
    esac
}

_teamfix_stats_show() {
    repeating_flags=()
    non_repeating_flags=(--last --models --everywhere -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=()
    non_repeating_options=(--since --format --serve --listen)
    __teamfix_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--since')
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''csv'$'\n''prometheus'$'\n''otlp'$'\n''html'
        return
        ;;
    '--serve')
        return
        ;;
    '--listen')
        return
        ;;
    esac
}

_teamfix_stats_replay() {
    repeating_flags=()
    non_repeating_flags=(--last --everywhere -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=()
    non_repeating_options=(--speed --format)
    __teamfix_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--speed')
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_stats_events() {
    repeating_flags=()
    non_repeating_flags=(--last --everywhere -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __teamfix_offer_flags_options 1
}

_teamfix_stats_prune() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --everywhere -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=()
    non_repeating_options=(--older-than --keep --max-size --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--older-than')
        return
        ;;
    '--keep')
        return
        ;;
    '--max-size')
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_plan() {
    repeating_flags=()
    non_repeating_flags=(--staged --explain-prompts --offline -q --quiet --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--build --range --experts --planner --format --model --pattern)
    __teamfix_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--build')
        return
        ;;
    '--range')
        return
        ;;
    '--experts')
        return
        ;;
    '--planner')
        __teamfix_add_completions -W 'rules'$'\n''model'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''yaml'
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __teamfix_add_completions -W 'fix'$'\n''analyze'$'\n''consensus'
        return
        ;;
    esac
}

_teamfix_run() {
    repeating_flags=()
    non_repeating_flags=(--explain-prompts --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __teamfix_add_completions -o plusdirs -fX '!*.@(json|yml|yaml)'
        return
        ;;
    esac
}

_teamfix_servers() {
    repeating_flags=()
    non_repeating_flags=(--offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--wait --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--wait')
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_doctor() {
    repeating_flags=()
    non_repeating_flags=(--offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_init() {
    repeating_flags=()
    non_repeating_flags=(--print --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_config() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __teamfix_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    show|trust)
        # Offer subcommand argument completions
        "_teamfix_config_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'show trust' -- "${cur}"))
        ;;
    esac
}

_teamfix_config_show() {
    repeating_flags=()
    non_repeating_flags=(--offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_config_trust() {
    repeating_flags=()
    non_repeating_flags=(--remove --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_hook() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __teamfix_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    install|uninstall|status|run)
        # Offer subcommand argument completions
        "_teamfix_hook_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'install uninstall status run' -- "${cur}"))
        ;;
    esac
}

_teamfix_hook_install() {
    repeating_flags=()
    non_repeating_flags=(--pre-commit --pre-push --commit-msg --block --detach --shared --chain --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--fail-on --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--fail-on')
        __teamfix_add_completions -W 'note'$'\n''warning'$'\n''error'$'\n''never'
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_hook_uninstall() {
    repeating_flags=()
    non_repeating_flags=(--pre-commit --pre-push --commit-msg --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_hook_status() {
    repeating_flags=()
    non_repeating_flags=(--offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac
}

_teamfix_hook_run() {
    repeating_flags=()
    non_repeating_flags=(--block --detach --stdin --offline --no-cache --no-history -q --quiet -v --verbose --no-color --version -h --help)
    repeating_options=(--server)
    non_repeating_options=(--fail-on --model --strategy --pattern --max-workers --timeout --budget --events --sandbox --format)
    __teamfix_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--fail-on')
        __teamfix_add_completions -W 'note'$'\n''warning'$'\n''error'$'\n''never'
        return
        ;;
    '--server')
        return
        ;;
    '--model')
        return
        ;;
    '--strategy')
        __teamfix_add_completions -W 'round-robin'$'\n''capability'$'\n''load-aware'$'\n''predictive'
        return
        ;;
    '--pattern')
        __teamfix_add_completions -W 'parallel-analysis'$'\n''divide-and-conquer'$'\n''pipeline'$'\n''consensus'
        return
        ;;
    '--max-workers')
        return
        ;;
    '--timeout')
        return
        ;;
    '--budget')
        return
        ;;
    '--events')
        return
        ;;
    '--sandbox')
        __teamfix_add_completions -W 'require'$'\n''auto'$'\n''off'
        return
        ;;
    '--format')
        __teamfix_add_completions -W 'text'$'\n''json'$'\n''markdown'$'\n''sarif'$'\n''github'$'\n''junit'$'\n''rdjson'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __teamfix_add_completions -W 'pre-commit'$'\n''pre-push'$'\n''commit-msg'
        return
        ;;
    esac
}

_teamfix_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __teamfix_offer_flags_options -1
}

complete -o filenames -F _teamfix teamfix
