using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>The settings that the host of a server decides, not its configuration.</summary>
public sealed record GatewayOptions
{
    /// <summary>Whether the log also goes to standard error (the console host does, the module does not).</summary>
    public bool LogToConsole { get; init; }

    /// <summary>Pushes the metrics; null: this host cannot, and warns where the configuration asks for it.</summary>
    public IMetricPush? MetricPush { get; init; }

    /// <summary>The clock; tests replace it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The system that policy routing and source NAT are set up on.</summary>
    internal ICommandRunner System { get; init; } = new SystemCommandRunner();

    /// <summary>The protocols that a configuration may use.</summary>
    internal ProtocolTable Protocols { get; init; } = ProtocolTable.Product;

    /// <summary>The sockets and locks of the process before; null: there is none. With them nothing is accepted, and no file is written, until
    /// <see cref="GatewayServer.BeginAccepting"/>.</summary>
    internal PassedDescriptors? Passed { get; init; }

    /// <summary>The sockets that the service manager gives and keeps, those of inbounds; null: there is no manager.</summary>
    public ServiceSockets? ServiceSockets { get; init; }

    /// <summary>Opens the store of a fleet; null: PostgreSQL.</summary>
    internal Func<FleetConfig, IFleetStore>? FleetStore { get; init; }

    /// <summary>The sockets underneath.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Automatic;
}
