using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace MultiExit.Tests.Support;

/// <summary>Finds the pwsh on PATH and lets this process load PowerShell from its folder.</summary>
internal static class PowerShellHome
{
    /// <summary>The folder with System.Management.Automation.dll; null when there is none.</summary>
    public static string? Folder { get; } = Find();

    public static string RepositoryRoot { get; } = typeof(PowerShellHome).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [ModuleInitializer]
    internal static void Initialize()
    {
        if (Folder is null)
            return;

        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            string path = Path.Combine(Folder, name.Name + ".dll");
            return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        };
    }

    private static string? Find()
    {
        string file = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            var pwsh = new FileInfo(Path.Combine(folder, file));
            if (!pwsh.Exists)
                continue;

            string home = Path.GetDirectoryName(pwsh.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? pwsh.FullName)!;
            string automation = Path.Combine(home, "System.Management.Automation.dll");
            // 7.6 is the version that runs on the .NET of these tests.
            if (File.Exists(automation) && AssemblyName.GetAssemblyName(automation).Version >= new Version(7, 6))
                return home;
        }

        return null;
    }
}
