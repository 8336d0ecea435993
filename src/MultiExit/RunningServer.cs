using MultiExit.Engine.Control;
using MultiExit.Engine.Management;
using MultiExit.Engine.Remote;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A server that runs: in this process, in another one, or on another host.</summary>
internal sealed class RunningServer
{
    private readonly ManagedServer? _managed;

    /// <summary>A server of this process.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="managed">The server.</param>
    /// <param name="owner">The runspace that started it.</param>
    public RunningServer(string name, ManagedServer managed, Guid owner)
    {
        Name = name;
        Owner = owner;
        Control = managed;
        _managed = managed;
    }

    /// <summary>A server of another process.</summary>
    public RunningServer(string name, ControlClient client)
    {
        Name = name;
        Control = client;
        Socket = client.SocketPath;
    }

    /// <summary>A server of another host.</summary>
    /// <param name="name">Its name in this session.</param>
    /// <param name="host">The host.</param>
    /// <param name="server">Its name there.</param>
    public RunningServer(string name, RemoteHost host, string server)
    {
        Name = name;
        Control = host.Control(server);
        Host = host;
    }

    /// <summary>The name it is reached by.</summary>
    public string Name { get; }

    /// <summary>The host it is on; null for this one.</summary>
    public RemoteHost? Host { get; }

    /// <summary>Whether it is one of this process.</summary>
    public bool IsHere => _managed is not null;

    /// <summary>The runspace that started it; none for a server of another process.</summary>
    public Guid Owner { get; }

    /// <summary>Whether it has stopped and holds nothing any more; that is known of one of this process alone.</summary>
    public bool HasEnded => _managed?.Completion.IsCompleted == true;

    /// <summary>The server, wherever it is.</summary>
    public IServerControl Control { get; }

    /// <summary>The control socket it is reached over; null for a server of this process or of another host.</summary>
    public string? Socket { get; }

    /// <summary>The control socket after a change, which may have moved it; null for a server of this process, or when the server has none
    /// any more.</summary>
    public string? SocketBehind(ConfigStatus status) => Socket is null || File.Exists(Socket) ? Socket : status.ControlSocket;

    /// <summary>The server and its configuration; only for one of this process.</summary>
    public ManagedServer Managed => _managed
        ?? throw new InvalidOperationException("a server of another process or host is reached over its control socket alone");
}
