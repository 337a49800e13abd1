{{/*
Sets what a path leads to in a map or list.

It is called with a map: `in` is what changes and afterwards holds the result, `path` is a list of parts, and a `value`
that is null removes. A part that leads into a list is the position of an element, or its name; an element of that name
is added if there is none. A list is made anew, because a template cannot change one.
*/}}
{{- define "plane.set" }}
{{- $part := first .path }}
{{- $rest := rest .path }}
{{- if kindIs "slice" .in }}
  {{- $keys := list }}
  {{- range $position, $element := .in }}
    {{- $name := kindIs "map" $element | ternary $element dict | dig "name" "" }}
    {{- $keys = append $keys (has $part (list (toString $position) $name) | ternary $part "") }}
  {{- end }}
  {{- $elements := .in }}
  {{- if not (has $part $keys) }}
    {{- if regexMatch "^(-|[0-9]+)$" $part }}{{ fail (printf "there is no element %s in a list" $part) }}{{ end }}
    {{- $elements = append $elements (dict "name" $part) }}
    {{- $keys = append $keys $part }}
  {{- end }}
  {{- $list := list }}
  {{- range $position, $element := $elements }}
    {{- $one := dict "in" (dict "it" $element) "path" (prepend $rest "it") "value" $.value }}
    {{- if eq $part (index $keys $position) }}{{ include "plane.set" $one }}{{ end }}
    {{- if hasKey $one.in "it" }}{{ $list = append $list $one.in.it }}{{ end }}
  {{- end }}
  {{- $_ := set . "in" $list }}
{{- else if $rest }}
  {{- $inner := dict "in" (hasKey .in $part | ternary (get .in $part) dict) "path" $rest "value" .value }}
  {{- include "plane.set" $inner }}
  {{- $_ := set .in $part $inner.in }}
{{- else if kindIs "invalid" .value }}
  {{- $_ := unset .in $part }}
{{- else }}
  {{- $_ := set .in $part .value }}
{{- end }}
{{- end }}
