using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Services;

/// <summary>The texts of unit files (systemd.service(5), systemd.exec(5)): one template for all instances, and a drop-in with the command line of
/// one and what its configuration asks for.</summary>
internal static class ServiceUnits
{
    private const string SocketSection = "Socket";

    // One for each port of an inbound; a descriptor in the manager each.
    private const int StoredSockets = 512;

    /// <summary>The template. The user is dynamic, so that nothing is left of it; the folders are of the instance alone.</summary>
    public static string Template(string host) => $"""
        # Written by Install-MxService; a change belongs in a drop-in: systemctl edit multiexit@NAME
        [Unit]
        Description=MultiExit proxy gateway (%i)
        Documentation=man:systemd.service(5)
        After=network-online.target
        Wants=network-online.target

        [Service]
        # Ready once every listener is bound; RELOADING and STOPPING are reported too.
        Type=notify
        NotifyAccess=main
        ExecStart=/usr/bin/env dotnet {Quote(host)} run --config /etc/multiexit/%i.yaml
        ExecReload=/bin/kill -HUP $MAINPID
        EnvironmentFile=-/etc/multiexit/%i.env
        Environment=DOTNET_EnableDiagnostics=0
        Restart=on-failure
        RestartSec=2s
        # 2 wrong command line, 3 configuration not valid: trying again changes nothing.
        RestartPreventExitStatus=2 3
        # systemctl restart: the next process gets the listening sockets. Versions before 254 do not set FDSTORE themselves.
        FileDescriptorStoreMax={StoredSockets}
        Environment=FDSTORE={StoredSockets}

        DynamicUser=yes
        StateDirectory=multiexit/%i
        RuntimeDirectory=multiexit/%i
        LogsDirectory=multiexit/%i
        ConfigurationDirectory=multiexit

        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        RemoveIPC=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM
        UMask=0077

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>The template of the sockets that systemd opens; an instance names the ports.</summary>
    public static string SocketTemplate => $"""
        # Written by Install-MxService; a change belongs in a drop-in: systemctl edit multiexit@NAME.socket
        [Unit]
        Description=MultiExit proxy gateway, sockets (%i)
        Documentation=man:systemd.socket(5)

        [{SocketSection}]
        Backlog=4096
        BindIPv6Only=both
        NoDelay=yes

        [Install]
        WantedBy=sockets.target

        """;

    /// <summary>The drop-in of an instance's sockets.</summary>
    public static string SocketDropIn(ServiceRequest request, ServiceNeeds needs)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Written by Install-MxService from {request.ConfigFile};\n");
        text.Append("# run it again when that asks for other ports.\n[Socket]\n");
        foreach (ConfiguredListener socket in needs.Sockets)
            text.Append(CultureInfo.InvariantCulture, $"{(socket.IsUdp ? "ListenDatagram" : "ListenStream")}={socket.EndPoint}\n");
        return text.ToString();
    }

    /// <summary>The drop-in of an instance.</summary>
    public static string DropIn(ServiceRequest request, ServiceNeeds needs, IEnumerable<string> credentials)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Written by Install-MxService from {request.ConfigFile};\n");
        text.Append("# run it again when that asks for other ports, marks, limits or credentials.\n");
        // Else one that is started by itself would bind them before systemd does.
        if (request.HasSockets)
            text.Append(CultureInfo.InvariantCulture,
                $"[Unit]\nRequires={ServiceNames.SocketUnitOf(request.Name)}\nAfter={ServiceNames.SocketUnitOf(request.Name)}\n");
        text.Append("[Service]\n");
        // Always: the template changes with each service that is installed from another module. The empty one resets the list.
        text.Append("ExecStart=\n");
        text.Append(CultureInfo.InvariantCulture, $"ExecStart=/usr/bin/env dotnet {Quote(request.Host)} run --config {Quote(request.ConfigFile)}\n");
        string capabilities = string.Join(' ', needs.Capabilities);
        text.Append(CultureInfo.InvariantCulture, $"AmbientCapabilities={capabilities}\nCapabilityBoundingSet={capabilities}\n");
        text.Append(CultureInfo.InvariantCulture, $"LimitNOFILE={needs.Descriptors}\nTimeoutStopSec={needs.StopSeconds}s\n");
        foreach (string name in credentials.Order(StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"LoadCredential={name}:{Escape($"{request.CredentialFolder}/{name}")}\n");
        return text.ToString();
    }

    /// <summary>The configuration that an instance has unless its drop-in names another.</summary>
    public static string ConfigOf(string name) => $"/etc/multiexit/{name}.yaml";

    // As systemd.syntax(7) and systemd.unit(5) have it: a word in quotes, with its backslashes and quotes escaped, and no specifier or variable in it.
    private static string Quote(string word)
    {
        string escaped = Escape(word).Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped.Replace("$", "$$", StringComparison.Ordinal)}\"";
    }

    private static string Escape(string text) => text.Replace("%", "%%", StringComparison.Ordinal);
}
