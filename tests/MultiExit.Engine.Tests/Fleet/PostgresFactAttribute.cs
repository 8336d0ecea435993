namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A test with a real PostgreSQL; where there is none it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot;
}
