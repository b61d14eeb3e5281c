{{- define "fairlead.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "fairlead.labels" -}}
app.kubernetes.io/name: fairlead
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "fairlead.selector" -}}
app.kubernetes.io/name: fairlead
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "fairlead.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "fairlead.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "fairlead.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "fairlead.secretEnv" -}}
- name: {{ .key }}
  valueFrom:
    secretKeyRef: { name: {{ .root.Values.existingSecret }}, key: {{ .key }} }
{{- end -}}

{{- define "fairlead.role" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "fairlead.name" .root }}-{{ .role }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "fairlead.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  replicas: {{ .settings.replicas }}
  selector:
    matchLabels:
      {{- include "fairlead.selector" (dict "root" .root "component" .role) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "fairlead.selector" (dict "root" .root "component" .role) | nindent 8 }}
    spec:
      serviceAccountName: {{ include "fairlead.name" .root }}-{{ .role }}
      automountServiceAccountToken: {{ eq .role "worker" }}
      securityContext:
        {{- include "fairlead.podSecurity" .root | nindent 8 }}
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .role }}
          image: {{ include "fairlead.image" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: ["--role={{ .role }}", "--no-demo"]
          env:
            - { name: HOST, value: "0.0.0.0" }
            - { name: PORT, value: "3000" }
            - { name: PUBLIC_URL, value: {{ .root.Values.publicUrl | quote }} }
            - { name: LOG_LEVEL, value: {{ .root.Values.logLevel | quote }} }
            {{- include "fairlead.secretEnv" (dict "root" .root "key" "DATABASE_URL") | nindent 12 }}
            {{- include "fairlead.secretEnv" (dict "root" .root "key" "WORKER_PUBLIC_KEY") | nindent 12 }}
            {{- if eq .role "worker" }}
            {{- include "fairlead.secretEnv" (dict "root" .root "key" "WORKER_PRIVATE_KEY") | nindent 12 }}
            {{- else }}
            - name: INSTANCE_KEY
              valueFrom:
                secretKeyRef: { name: {{ .root.Values.existingSecret }}, key: INSTANCE_KEY, optional: true }
            {{- end }}
          {{- if eq .role "web" }}
          ports:
            - { name: http, containerPort: 3000 }
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 10
            failureThreshold: 6
          {{- end }}
          resources:
            {{- toYaml .settings.resources | nindent 12 }}
          securityContext:
            {{- include "fairlead.containerSecurity" .root | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: tmp
          emptyDir: {}
      {{- with .root.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
