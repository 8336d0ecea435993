using MultiExit.Engine.Control;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A server that runs, in this process or in another one.</summary>
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

    /// <summary>The name it is reached by.</summary>
    public string Name { get; }

    /// <summary>The runspace that started it; none for a server of another process.</summary>
    public Guid Owner { get; }

    /// <summary>Whether it has stopped and holds nothing any more; only for one of this process.</summary>
    public bool HasEnded => Managed.Completion.IsCompleted;

    /// <summary>The server, wherever it is.</summary>
    public IServerControl Control { get; }

    /// <summary>The control socket it is reached over; null for a server of this process.</summary>
    public string? Socket { get; }

    /// <summary>The control socket after a change, which may have moved it; null for a server of this process, or when the server has none
    /// any more.</summary>
    public string? SocketBehind(ConfigStatus status) => Socket is null || File.Exists(Socket) ? Socket : status.ControlSocket;

    /// <summary>The server and its configuration; only for one of this process.</summary>
    public ManagedServer Managed => _managed ?? throw new InvalidOperationException("a server of another process is reached over its socket alone");
}
