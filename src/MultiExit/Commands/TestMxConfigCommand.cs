using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Test-MxConfig: reports for each file whether a server can start from it, all that is wrong, and the warnings of such a start.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxConfig", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxConfigTest))]
public sealed class TestMxConfigCommand : ConfigFileCommand
{
    /// <summary>Check the text without this machine.</summary>
    [Parameter]
    public SwitchParameter TextOnly { get; set; }

    /// <summary>Replay sessions of a running server through the rules of the file.</summary>
    [Parameter]
    public ReplaySource? Against { get; set; }

    /// <summary>Of recorded sessions those that ended since then.</summary>
    [Parameter]
    [Since]
    public DateTimeOffset? Since { get; set; }

    /// <summary>The server whose sessions they are.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Server { get; set; } = "*";

    /// <summary>The control socket of that server, where it runs in another process.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SocketCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Socket { get; set; }

    private protected override void Process(string file, string target)
    {
        ConfigResult result = TextOnly ? ConfigLoader.CheckText(file) : ConfigLoader.LoadFile(file);
        ConfigCheck check = TextOnly ? new ConfigCheck(result.Errors, []) : Await(token => ConfigCheck.OnThisMachineAsync(result, file, token));
        WriteWarnings(file, check.Warnings);
        MxReplay? replay = Against is { } against && check.Errors.Count == 0 && FindServer() is { } server
            ? new MxReplay(server.Name, Await(token => server.Control.ReplayConfigAsync(ConfigDocument.Read(file), new ReplayQuery(against, Since), token)))
            : null;
        WriteObject(new MxConfigTest(file, result.Dialect, check, replay));
    }

    private RunningServer? FindServer()
    {
        if (Socket is not null)
        {
            ControlClient client = new(ResolveFiles(Socket, literal: true).Single());
            return new RunningServer(Await(client.GetStatusAsync).Name, client);
        }
        RunningServer[] servers = [.. Choose(ServerRegistry.Reached(), [Wanted(Server)], "in this session")];
        if (servers.Length == 1) return servers[0];
        if (servers.Length > 1 || Server == "*")
        {
            WriteError(NewError(servers.Length > 1 ? "ServerAmbiguous" : "ServerNotFound", ErrorCategory.InvalidArgument, Server,
                $"-Against replays the sessions of one server, and {servers.Length} run in this session; name it with -Server, or reach one with -Socket."));
        }
        return null;
    }
}
