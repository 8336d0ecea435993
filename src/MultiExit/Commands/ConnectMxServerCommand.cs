using System.Management.Automation;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Remote;

namespace MultiExit.Commands;

/// <summary>Connect-MxServer: reaches the servers of other hosts over ssh, as those of this session.</summary>
[Cmdlet(VerbsCommunications.Connect, "MxServer")]
[OutputType(typeof(MxServer))]
public sealed class ConnectMxServerCommand : ServerCommand
{
    private readonly List<SshTarget> _targets = [];

    /// <summary>The hosts: names, addresses or aliases of ssh's configuration, with USER@ before them where it is another one.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    public string[] HostName { get; set; } = [];

    /// <summary>The user there.</summary>
    [Parameter]
    [Alias("UserName")]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <summary>The port of sshd.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>The file of the private key.</summary>
    [Parameter]
    [Alias("KeyFilePath")]
    [ValidateNotNullOrEmpty]
    public string? KeyFile { get; set; }

    /// <summary>A file of ssh's configuration in place of the user's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SshConfig { get; set; }

    /// <summary>The program there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Program { get; set; } = "multiexit";

    /// <summary>The control sockets there; without them those of services.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public override string[]? Socket { get; set; }

    /// <summary>How long a host may take until its servers are listed.</summary>
    [Parameter]
    [Duration(Min = "1s", Max = "5m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many hosts are connected at a time.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string given in HostName)
        {
            int at = given.LastIndexOf('@');
            SshTarget target = new(given[(at + 1)..])
            {
                User = at < 0 ? User : given[..at], Port = Port, KeyFile = KeyFile is null ? null : OrEnd(KeyFile, () => ExistingFile(KeyFile)),
                ConfigFile = SshConfig is null ? null : OrEnd(SshConfig, () => ExistingFile(SshConfig)), Program = Program, Sockets = Socket ?? [],
                Timeout = Timeout,
            };
            if (TryCheck(given, target) && !_targets.Exists(other => string.Equals(other.Host, target.Host, StringComparison.OrdinalIgnoreCase)))
                _targets.Add(target);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Task<RemoteHost>[] connecting = Start(_targets, RemoteHost.ConnectAsync, ThrottleLimit);
        try
        {
            for (int i = 0; i < connecting.Length; i++) Take(_targets[i].Host, connecting[i]);
        }
        finally
        {
            // Those that nobody takes any more: the pipeline was stopped.
            foreach (Task<RemoteHost> left in connecting) _ = DropAsync(left);
        }
    }

    private void Take(string name, Task<RemoteHost> connecting)
    {
        RemoteHost host;
        try
        {
            host = Await(_ => connecting);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.ControlUnreachable)
        {
            WriteError(NewError(HostNotConnected, ErrorCategory.ConnectionError, name, exception.Message, exception));
            return;
        }
        catch (ProxyException exception)
        {
            WriteError(NewError(exception, name));
            return;
        }
        if (ServerRegistry.All().Any(server => string.Equals(server.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            host.Dispose();
            WriteError(NewError("ServerExists", ErrorCategory.ResourceExists, name,
                $"A server named {name} runs in this session, so the host {name} cannot have that name."));
            return;
        }
        RemoteHosts.Add(host);
        AskServers([.. RemoteHosts.ServersOf(host)], (server, token) => server.Control.GetStatusAsync(token),
            (server, status) => WriteObject(new MxServer(server, status)));
    }

    private static async Task DropAsync(Task<RemoteHost> connecting)
    {
        try
        {
            RemoteHost host = await connecting.ConfigureAwait(false);
            if (!RemoteHosts.All().Contains(host)) host.Dispose();
        }
        catch (Exception exception) when (exception is ProxyException or OperationCanceledException)
        {
            // It was an error record, or is not connected any more.
        }
    }

    // Checked before anything is started.
    private bool TryCheck(string given, SshTarget target)
    {
        try
        {
            target.GetArguments();
            return true;
        }
        catch (ProxyException exception)
        {
            WriteError(NewError("HostNotValid", ErrorCategory.InvalidArgument, given, exception.Message, exception));
            return false;
        }
    }
}
