
# Options are for words that begin with a dash: else it is what the command wants there, and files are left to bash.
_virtwire_words() {
    _virtwire "$@"
    local cur="$2" i last=-1 word words=() skip="" behind="" path="" page="" at=0 wants=() valued="" more="" choices=""
    # Bash takes words apart at colons and equals signs.
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if [[ $last -ge 0 && ( "$word" == [:=]* || "${COMP_WORDS[i - 1]}" == *[:=] ) ]]; then
            words[last]+="$word"
        else
            words[++last]="$word"
        fi
    done
    if [[ $last -ge 0 && ( "$cur" == [:=]* || "${COMP_WORDS[COMP_CWORD - 1]}" == *[:=] ) ]]; then
        # It is the beginning of the word that is being typed.
        if [[ "${words[last]}" == -* ]]; then
            COMPREPLY=()
            return 0
        fi
        unset "words[last]"
    fi
    _virtwire_wants "$path"
    for word in "${words[@]}"; do
        if [[ -n "$skip" ]]; then
            skip=""
        elif [[ -z "$behind" && "$word" == -- ]]; then
            behind=1
        elif [[ -z "$behind" && "$word" == -?* ]]; then
            [[ "$valued" == *" $word "* ]] && skip=1
        elif [[ "${wants[at]}" == command ]]; then
            path+=" $word"
            _virtwire_wants "$path"
        else
            page+=" $word"
            [[ -n "$more" && at -eq ${#wants[@]}-1 ]] || ((at += 1))
        fi
    done
    # Those that clap's function knows: options, and their values.
    if [[ -n "$skip" || ( -z "$behind" && "$cur" == -* ) ]]; then
        return 0
    fi
    case "${wants[at]}" in
        command) COMPREPLY=($(compgen -W "$(_virtwire_below "$path")" -- "$cur")) ;;
        page) COMPREPLY=($(compgen -X help -W "$(_virtwire_below "$page")" -- "$cur")) ;;
        choice) COMPREPLY=($(compgen -W "$choices" -- "$cur")) ;;
        procedure) COMPREPLY=($(compgen -W "$(_virtwire_procedures)" -- "$cur")) ;;
        file | other) COMPREPLY=() ;;
    esac
    # What is none of them is no file either.
    if [[ ${#COMPREPLY[@]} -eq 0 && "${wants[at]}" != file && "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        compopt +o default +o bashdefault 2>/dev/null
    fi
    return 0
}
