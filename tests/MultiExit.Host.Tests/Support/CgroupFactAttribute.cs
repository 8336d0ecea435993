namespace MultiExit.Host.Tests.Support;

/// <summary>A fact that needs a cgroup of its own; where none can be made it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CgroupFactAttribute : FactAttribute
{
    /// <param name="controller">Whose limit it sets, <c>pids</c> or <c>memory</c>.</param>
    public CgroupFactAttribute(string controller) => Skip = WhyNot(controller);

    private static string? WhyNot(string controller)
    {
        if (!OperatingSystem.IsLinux()) return "cgroups are a feature of Linux";
        if (!Environment.IsPrivilegedProcess) return "only root may make cgroups";
        try
        {
            Cgroup.Create(controller).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"a cgroup with a limit of {controller} cannot be made: {exception.Message}";
        }
    }
}
