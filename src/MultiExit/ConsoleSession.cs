using System.Management.Automation.Host;

namespace MultiExit;

/// <summary>What is known of the pwsh that a cmdlet runs in.</summary>
internal static class ConsoleSession
{
    // Each may be shortened: about_Pwsh.
    private static readonly string[] Batch = ["command", "commandwithargs", "encodedcommand", "file"];
    private static readonly string[] Short = ["cwa", "ec"];

    /// <summary>Whether the host is pwsh itself. Signals of another program's process are not ours to take.</summary>
    public static bool IsPwsh(PSHost host) => host.Name == "ConsoleHost";

    /// <summary>Whether that pwsh ends with what it was started for (<c>-Command</c>, <c>-File</c>) and has no prompt to come back to.</summary>
    public static bool IsBatch { get; } = IsBatchOf(Environment.GetCommandLineArgs().AsSpan(1));

    private static bool IsBatchOf(ReadOnlySpan<string> arguments)
    {
        foreach (string argument in arguments)
        {
            string name = argument.TrimStart('-', '/');
            // What stands behind belongs to the command.
            if (name.Length < argument.Length && IsBatchName(name)) return true;
            if (argument.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)) return true;
            if (name.Length > 2 && "noexit".StartsWith(name, StringComparison.OrdinalIgnoreCase)) return false;
        }
        return false;
    }

    private static bool IsBatchName(string name) => name.Length > 0
        && (Short.Contains(name, StringComparer.OrdinalIgnoreCase) || Batch.Any(batch => batch.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
}
