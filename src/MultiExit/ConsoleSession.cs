using System.Management.Automation.Host;

namespace MultiExit;

/// <summary>What is known of the pwsh that a cmdlet runs in.</summary>
internal static class ConsoleSession
{
    // Each may be shortened, down to what stands beside it: about_Pwsh, and CommandLineParameterParser of PowerShell.
    private static readonly (string Name, string Shortest)[] Batch =
        [("command", "c"), ("commandwithargs", "commandwithargs"), ("cwa", "cwa"), ("encodedcommand", "e"), ("ec", "ec"), ("file", "f")];
    private static readonly (string Name, string Shortest)[] WithValue =
    [
        ("configurationfile", "configurationfile"), ("configurationname", "config"), ("custompipename", "cus"), ("encodedarguments", "encodeda"),
        ("ea", "ea"), ("executionpolicy", "ex"), ("ep", "ep"), ("inputformat", "inp"), ("if", "if"), ("outputformat", "o"), ("of", "of"),
        ("settingsfile", "settings"), ("windowstyle", "w"), ("workingdirectory", "wo"), ("wd", "wd"),
    ];
    private static readonly (string Name, string Shortest)[] NoExit = [("noexit", "noe")];

    /// <summary>Whether the host is pwsh itself. In the process of another program the module leaves the signals alone.</summary>
    public static bool IsPwsh(PSHost host) => host.Name == "ConsoleHost";

    /// <summary>Whether that pwsh ends with what it was started for (<c>-Command</c>, <c>-File</c>, a script) and has no prompt to come back to.</summary>
    public static bool IsBatch { get; } = IsBatchOf(Environment.GetCommandLineArgs()[1..]);

    /// <summary>Whether pwsh with these arguments, its own name not among them, ends with what it was started for.</summary>
    internal static bool IsBatchOf(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i].TrimStart('-', '/');
            bool isOption = name.Length < arguments[i].Length;
            // What stands behind belongs to the command.
            if (isOption && IsOneOf(Batch, name)) return true;
            if (isOption && IsOneOf(NoExit, name)) return false;
            if (isOption && IsOneOf(WithValue, name)) i++;
            // The first argument that is no option is a script; on Unix it may begin with a slash.
            else if (!arguments[i].StartsWith('-') && !(isOption && OperatingSystem.IsWindows())) return true;
        }
        return false;
    }

    private static bool IsOneOf((string Name, string Shortest)[] options, string name) => options.Any(option =>
        option.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase) && name.StartsWith(option.Shortest, StringComparison.OrdinalIgnoreCase));
}
