using System.Management.Automation;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets that work with running servers, of this session, of other processes or of connected hosts.</summary>
public abstract partial class ServerCommand : MxCommand
{
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(1);

    /// <summary>The control sockets of servers in other processes. Null, as the objects of this session's servers have it: those.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SocketCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public virtual string[]? Socket { get; set; }

    /// <summary>Whether a socket asked for did not answer, which was an error of its own.</summary>
    private protected bool IsUnreachable { get; private set; }

    /// <summary>Does something with each of the servers of these names; what fails for one is an error of its own.</summary>
    private protected void ForEachServer(NamePattern[] names, Action<RunningServer> work)
    {
        foreach (RunningServer server in Find(names)) TryServer(server, () => work(server));
    }

    /// <summary>The exits and groups of these names on these servers; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<(RunningServer Server, ExitStatus Exit, IReadOnlyList<ExitStatus> All)> FindExits(NamePattern[] servers, NamePattern[] names)
    {
        List<(RunningServer Server, ExitStatus Exit, IReadOnlyList<ExitStatus> All)> all = [];
        AskServers(servers, GetExitsAsync, (server, exits) => all.AddRange(exits.Select(exit => (server, exit, exits))));
        foreach (NamePattern name in names)
        {
            (RunningServer Server, ExitStatus Exit, IReadOnlyList<ExitStatus> All)[] found = name.Choose(all, item => item.Exit.Name);
            foreach ((RunningServer Server, ExitStatus Exit, IReadOnlyList<ExitStatus> All) item in found)
                yield return item;
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("ExitNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No exit or group named '{name.Text}' is on the running servers asked for.{name.Hint}"));
            }
        }
    }

    /// <summary>The groups of these names on these servers; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<(RunningServer Server, GroupStatus Group)> FindGroups(NamePattern[] servers, NamePattern[] names)
    {
        List<(RunningServer Server, GroupStatus Group)> all = [];
        AskServers(servers, (server, token) => server.Control.GetGroupsAsync(token),
            (server, groups) => all.AddRange(groups.Select(group => (server, group))));
        foreach (NamePattern name in names)
        {
            (RunningServer Server, GroupStatus Group)[] found = name.Choose(all, item => item.Group.Name);
            foreach ((RunningServer Server, GroupStatus Group) item in found) yield return item;
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("GroupNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No group named '{name.Text}' is on the running servers asked for.{name.Hint}"));
            }
        }
    }

    /// <summary>How far a server is with its drain; null: it does not drain, or does not say.</summary>
    private protected static ProgressRecord? LookAtDrain(RunningServer server)
    {
        ServerStatus status;
        try
        {
            // Its socket is open to the end, and a server that is ending may not answer any more.
            Task<ServerStatus> asked = server.Control.GetStatusAsync(CancellationToken.None);
            if (!asked.Wait(LookPatience)) return null;
            status = asked.Result;
        }
        catch (AggregateException)
        {
            return null;
        }
        if (status.DrainUntil is not { } until) return null;
        TimeSpan left = until - DateTimeOffset.UtcNow;
        return new ProgressRecord(1, $"Draining {server.Name}", $"{CountText.Are(status.Sessions, "session")} live") { SecondsRemaining = SecondsOf(left) };
    }

    // Those of the configuration, then those that are members of groups at run time.
    private protected static async Task<IReadOnlyList<ExitStatus>> GetExitsAsync(RunningServer server, CancellationToken cancellationToken)
    {
        List<ExitStatus> exits = [.. await server.Control.GetExitsAsync(cancellationToken).ConfigureAwait(false)];
        if (!exits.Exists(exit => exit.Type == "group")) return exits;
        foreach (GroupStatus group in await server.Control.GetGroupsAsync(cancellationToken).ConfigureAwait(false))
            if (group.Published + group.Listed > 0) exits.AddRange(await server.Control.GetMembersAsync(group.Name, cancellationToken).ConfigureAwait(false));
        return exits;
    }

    /// <summary>The servers of these names, here or behind the sockets; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<RunningServer> Find(NamePattern[] names)
    {
        if (Socket is not { Length: > 0 }) return Reconnected([.. Choose(ServerRegistry.Reached(), names, "in this session")]);
        List<RunningServer> servers = [];
        IsUnreachable = false;
        foreach ((string path, string given) in Wanted(Socket).SelectMany(ResolveSockets).DistinctBy(socket => socket.Path, StringComparer.Ordinal))
        {
            ControlClient client = new(path);
            if (!Try(given, () =>
                {
                    ServerStatus status = Await(client.GetStatusAsync);
                    ServerVersions.Note(path, status);
                    servers.Add(new RunningServer(status.Name, client));
                }))
            {
                IsUnreachable = true;
            }
        }
        return Choose(servers, names, "behind the control sockets asked for");
    }

    // A path without wildcards is taken as it is: the client reports that there is no socket.
    private IEnumerable<(string Path, string Given)> ResolveSockets(NamePattern path) => path.IsWildcard
        ? ResolveFiles(path.Text, literal: false).Select(file => (file, file))
        : ResolveFiles(path.Unescaped, literal: true).Select(file => (file, path.Text));
}
