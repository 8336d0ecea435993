using System.Management.Automation;
using MultiExit.Engine.Remote;

namespace MultiExit.Commands;

/// <summary>Disconnect-MxServer: ends the connections that Connect-MxServer made; the servers run on.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "MxServer", SupportsShouldProcess = true)]
public sealed class DisconnectMxServerCommand : MxCommand
{
    /// <summary>The hosts.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public string[] HostName { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // The object of a server of this host has none.
        foreach (NamePattern name in Wanted(HostName ?? []))
        {
            RemoteHost[] found = name.Choose(RemoteHosts.All(), host => host.Target.Host);
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("HostNotFound", ErrorCategory.ObjectNotFound, name.Text, $"The host '{name.Text}' is not connected.{name.Hint}"));
            }
            foreach (RemoteHost host in found.Where(host => ShouldProcess(host.Target.Host, "Disconnect host")))
                RemoteHosts.Remove(host);
        }
    }
}
