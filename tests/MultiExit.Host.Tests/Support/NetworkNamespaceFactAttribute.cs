namespace MultiExit.Host.Tests.Support;

/// <summary>A test that needs network namespaces; where they cannot be made it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkNamespaceFactAttribute : FactAttribute
{
    private static readonly string? Obstacle = FindObstacle();

    public NetworkNamespaceFactAttribute()
    {
        if (Obstacle is not null) Skip = Obstacle;
    }

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux()) return "network namespaces are a feature of Linux";
        if (!Environment.IsPrivilegedProcess) return "only root may make network namespaces";
        foreach (string tool in (string[])["ip", "tc"])
        {
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool))))
                return $"there is no {tool} (iproute2) on PATH";
        }
        if (ExternalTool.WhyNot(ExternalTool.Curl) is { } reason) return reason;
        try
        {
            NetworkLink.Create(TimeSpan.FromMilliseconds(1)).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or UnauthorizedAccessException
            or System.ComponentModel.Win32Exception)
        {
            return "two namespaces with a link cannot be made: " + exception.Message.Trim();
        }
    }
}
