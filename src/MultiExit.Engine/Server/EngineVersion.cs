using System.Reflection;

namespace MultiExit.Engine.Server;

/// <summary>The version of this build.</summary>
public static class EngineVersion
{
    /// <summary>As in <c>0.1.0</c>.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        string version = typeof(EngineVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        return version.Split('+')[0];
    }
}
