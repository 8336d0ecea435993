using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MultiExit.Loader;

/// <summary>The load context of the engine: assemblies in <c>lib</c> come from there, whatever version another module has loaded.</summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("MultiExit")
{
    private static string System { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        // The console host finds these by its deps.json; here nobody reads that.
        string path = Path.Combine(folder, "runtimes", System, "native", OperatingSystem.IsWindows() ? unmanagedDllName + ".dll" : $"lib{unmanagedDllName}.so");
        return File.Exists(path) ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
