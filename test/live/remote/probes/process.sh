#!/usr/bin/env bash
# Does as the transaction says; see ../support/order.ts.
set -u

begin=$(date +%s%3N)
transaction=$(cat)
of() { jq -r --arg otherwise "$2" ".payload.$1 // \$otherwise" <<<"$transaction"; }

action=$(of do none)
ms=$(of ms 0)
seconds=$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))

case $action in
error)
	echo 'the contract says no' >&2
	exit 1
	;;
throw)
	echo 'the contract fell' >&2
	kill -KILL $$
	;;
sleep) sleep "$seconds" ;;
spin)
	end=$((begin + ms))
	while (($(printf '%(%s)T' -1) * 1000 < end)); do :; done
	;;
print)
	text=$(of text '')
	for ((line = 0; line < $(of lines 1); line++)); do
		echo "$text out $line" >&2
		echo "$text err $line" >&2
		[ "$ms" = 0 ] || sleep "$seconds"
	done
	;;
text)
	echo 'not an object'
	exit 0
	;;
unfit)
	echo '{"value":'
	exit 0
	;;
big)
	printf '{"text":"%s"}' "$(head -c "$(of bytes 0)" /dev/zero | tr '\0' x)"
	exit 0
	;;
env)
	jq -n --arg value "${SC_ENV_VALUE:-}" '{
		env: [env | keys[] | select(startswith("SC_SECRET_") | not)],
		secrets: [env | keys[] | select(startswith("SC_SECRET_"))],
		value: $value
	}'
	exit 0
	;;
esac

jq -n --argjson n "$(of n 0)" --argjson from "$begin" --argjson until "$(date +%s%3N)" \
	--argjson chain "$([ "$action" = ok ] && echo true || echo false)" '{
	OUTPUT_TO_CHAIN: $chain,
	n: $n,
	attempt: (env.SC_ATTEMPT | tonumber),
	invocation: env.SC_INVOCATION_ID,
	begin_ms: $from,
	end_ms: $until
}'
