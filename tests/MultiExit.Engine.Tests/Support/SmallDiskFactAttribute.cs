namespace MultiExit.Engine.Tests.Support;

/// <summary>A test that fills a disk of its own; where none can be mounted it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly string? Obstacle = FindObstacle();

    public SmallDiskFactAttribute()
    {
        if (Obstacle is not null) Skip = Obstacle;
    }

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux()) return "small file systems in memory are a feature of Linux";
        if (!Environment.IsPrivilegedProcess) return "only root may mount a file system";
        try
        {
            new SmallDisk().Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or System.ComponentModel.Win32Exception)
        {
            return "a small file system cannot be mounted: " + exception.Message.Trim();
        }
    }
}
