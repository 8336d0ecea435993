using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MultiExit;

/// <summary>What becomes of the servers when the module is removed (docs/decisions/0057-servers-belong-to-the-process.md).</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    private const string RemoveModule = "Microsoft.PowerShell.Commands.RemoveModuleCommand";

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        // Import-Module -Force removes the module too, to import it again.
        if (!IsAskedFor()) return;

        if (Runspace.DefaultRunspace is { } runspace) RemoteHosts.RemoveOf(runspace.InstanceId);
        FeedbackStart.Remove();
        RunningServer[] all = ServerRegistry.All();
        RunningServer[] ours = [.. all.Where(server => server.Owner == Runspace.DefaultRunspace?.InstanceId)];
        if (ours.Length > 0)
        {
            // Before the warning, which ends this method where $WarningPreference is Stop.
            SessionEnd.Stop(ours, SessionEnd.DrainLimit);
            Warn($"The module is removed, and the servers that this runspace started have been stopped: {Names(ours)}.");
        }
        if (all.Length > ours.Length)
            Warn($"The servers that other runspaces of this process started go on: {Names(all.Except(ours))}. Import the module again to work with them.");
    }

    // PowerShell does not say why it removes a module. Where the reason cannot be seen, nothing is stopped.
    private static bool IsAskedFor() =>
        new StackTrace(fNeedFileInfo: false).GetFrames().Any(frame => frame.GetMethod()?.DeclaringType?.FullName == RemoveModule);

    private static string Names(IEnumerable<RunningServer> servers) => string.Join(", ", servers.Select(server => server.Name));

    // No cmdlet of this module runs here that could write it.
    private static void Warn(string text) => ScriptBlock.Create("param($text) Write-Warning $text").Invoke(text);
}
