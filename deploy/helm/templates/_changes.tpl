{{/* The image by its digest, or else by its tag. */}}
{{- define "plane.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* What the values change in the objects of deploy/kubernetes: a list in the form of the value `patches`. */}}
{{- define "plane.changes" }}
{{- $pull := list }}
{{- range .Values.image.pullSecrets }}{{ $pull = append $pull (dict "name" .) }}{{ end }}
{{- range $program, $kind := dict
  "ingest" "Deployment" "worker" "Deployment" "migrate" "Job" "prune" "CronJob" "toolbox" "Deployment"
  "dashboard" "Deployment" }}
{{- $values := get $.Values $program }}
{{- $of := printf "%s/plane-%s" $kind $program }}
{{- $pod := eq $kind "CronJob" | ternary "/spec/jobTemplate/spec/template/spec" "/spec/template/spec" }}
{{- $container := printf "%s/containers/%s" $pod $program }}
{{- $sources := printf "%s/volumes/secrets/projected/sources" $pod }}
- {of: {{ $of }}, path: {{ $container }}/image, value: {{ include "plane.image" $ | toJson }}}
- {of: {{ $of }}, path: {{ $container }}/imagePullPolicy, value: {{ $.Values.image.pullPolicy }}}
- {of: {{ $of }}, path: {{ $container }}/resources, value: {{ toJson $values.resources }}}
- {of: {{ $of }}, path: {{ $sources }}/0/secret/name, value: {{ $values.secret | quote }}}
- {of: {{ $of }}, path: {{ $sources }}/1/configMap/name, value: {{ $.Values.databaseCA | quote }}}
{{- range $name, $value := $values.env }}
- {of: {{ $of }}, path: {{ $container }}/env/{{ $name }}/value, value: {{ toJson $value }}}
{{- end }}
{{- if $pull }}
- {of: {{ $of }}, path: {{ $pod }}/imagePullSecrets, value: {{ toJson $pull }}}
{{- end }}
{{- end }}
- {of: Job/plane-migrate, path: /metadata/name, value: plane-migrate-{{ .Release.Revision }}}
{{- with .Values.ingest.autoscaling }}
- {of: HorizontalPodAutoscaler/plane-ingest, path: /spec/minReplicas, value: {{ .minReplicas }}}
- {of: HorizontalPodAutoscaler/plane-ingest, path: /spec/maxReplicas, value: {{ .maxReplicas }}}
- of: HorizontalPodAutoscaler/plane-ingest
  path: /spec/metrics/0/resource/target/averageUtilization
  value: {{ .targetCPUUtilizationPercentage }}
{{- end }}
{{- with .Values.keda }}
- of: Deployment/plane-worker
  path: /spec/replicas
  value: {{ .enabled | ternary nil $.Values.worker.replicas | toJson }}
- {of: TriggerAuthentication/plane-worker, path: /spec/secretTargetRef/0/name, value: {{ .secret | quote }}}
- {of: ScaledObject/plane-worker, path: /spec/minReplicaCount, value: {{ .minReplicas }}}
- {of: ScaledObject/plane-worker, path: /spec/maxReplicaCount, value: {{ .maxReplicas }}}
- {of: ScaledObject/plane-worker, path: /spec/fallback/replicas, value: {{ .minReplicas }}}
- of: ScaledObject/plane-worker
  path: /spec/triggers/0/metadata/targetQueryValue
  value: {{ .eventsPerWorker | quote }}
{{- end }}
- {of: CronJob/plane-prune, path: /spec/schedule, value: {{ .Values.prune.schedule | quote }}}
- of: CronJob/plane-prune
  path: /spec/jobTemplate/spec/template/spec/containers/prune/args/3
  value: {{ .Values.prune.olderThan }}
- of: Deployment/plane-dashboard
  path: /spec/template/spec/containers/dashboard/env/DASHBOARD_HOSTS/value
  value: {{ .Values.dashboard.host | quote }}
{{- range $name, $values := dict "ingest" .Values.ingress "dashboard" .Values.dashboard }}
{{- $of := printf "Ingress/plane-%s" $name }}
- {of: {{ $of }}, path: /spec/ingressClassName, value: {{ $.Values.ingress.className | quote }}}
- {of: {{ $of }}, path: /spec/tls/0/hosts/0, value: {{ $values.host | quote }}}
- {of: {{ $of }}, path: /spec/tls/0/secretName, value: {{ $values.tlsSecret | quote }}}
- {of: {{ $of }}, path: /spec/rules/0/host, value: {{ $values.host | quote }}}
{{- range $key, $value := $values.annotations }}
{{- $path := $key | replace "/" "~1" | printf "/metadata/annotations/%s" }}
- {of: {{ $of }}, path: {{ quote $path }}, value: {{ toJson $value }}}
{{- end }}
{{- end }}
{{- range $kind := list "PodMonitor" "PrometheusRule" }}
{{- range $key, $value := $.Values.monitoring.labels }}
{{- $path := $key | replace "/" "~1" | printf "/metadata/labels/%s" }}
- {of: {{ $kind }}/plane-github-sync, path: {{ quote $path }}, value: {{ toJson $value }}}
{{- end }}
{{- end }}
{{- with .Values.networkPolicy }}
- {of: NetworkPolicy/plane-github-sync, path: /spec/egress/1/to, value: {{ toJson .databasePeers }}}
- {of: NetworkPolicy/plane-github-sync, path: /spec/egress/1/ports/0/port, value: {{ .databasePort }}}
{{- range $policy, $namespace := dict
  "plane-ingest" .ingressNamespace "plane-dashboard" .ingressNamespace "plane-monitoring" .monitoringNamespace }}
- of: NetworkPolicy/{{ $policy }}
  path: /spec/ingress/0/from/0/namespaceSelector/matchLabels/kubernetes.io~1metadata.name
  value: {{ $namespace | quote }}
{{- end }}
{{- end }}
{{- end }}
