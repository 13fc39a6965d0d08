using System.Data.Common;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Sorting;

namespace Sluice.Silo;

/// <summary>One shuffle silo: configuration, Orleans, health, and an end that drains.</summary>
/// <remarks>
/// Configuration as .NET hosts read it: `appsettings.json` beside the program, environment, command line; Orleans's own
/// keys below `Orleans`, ours below `Sluice`. Without any of it the silo stands alone on loopback.
/// </remarks>
public static class SiloProgram
{
    // What is left to do then: leaving the cluster, telling what is known.
    private static readonly TimeSpan TimeAfterDrain = TimeSpan.FromSeconds(30);

    /// <summary>Runs a silo until it is told to stop.</summary>
    /// <param name="args">Configuration as `--Section:Key value`; `--config FILE` reads a file before that.</param>
    /// <param name="configure">What the silo gives to shuffles besides what configuration says, job classes above
    /// all.</param>
    /// <param name="cancellationToken">Stops it, as SIGTERM and SIGHUP do.</param>
    /// <returns>The exit code: 0 after a graceful stop, 2 when the configuration cannot be used.</returns>
    public static async Task<int> RunAsync(
        string[] args, Action<SluiceSiloOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await using WebApplication app = Build(args, configure);
            CheckPorts(app);
            StopWithParent(app);
            using PosixSignalRegistration hangUp = StopWithTerminal(app);
            await ((IHost)app).RunAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (CauseOf(exception) is SluiceError error)
        {
            await Console.Error.WriteLineAsync(
                $"error[{error.Code}]: {error.What}\n  --> {error.Where}\nhelp: {error.Help}");
            return (int)error.Kind;
        }
    }

    /// <summary>The silo, ready to run.</summary>
    public static WebApplication Build(string[] args, Action<SluiceSiloOptions>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        AddFiles(builder.Configuration, args);
        SiloConfiguration.Check(builder.Configuration);
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.IncludeScopes = true;
        });
        builder.Logging.Configure(options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.Configure<ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        MetricsEndpoint.AddTo(builder);
        builder.Services.AddHealthChecks().AddCheck<SiloReadiness>("silo");
        DbProviderFactories.RegisterFactory("Npgsql", NpgsqlFactory.Instance);
        if (builder.Configuration[SiloConfiguration.DatabaseConnection] is { Length: > 0 } connection)
        {
            MembershipDatabase.Check(connection, SiloConfiguration.DatabaseConnection);
        }

        bool includesOrleans = builder.Configuration.GetValue(SiloConfiguration.OrleansTelemetry, defaultValue: false);
        builder.Services.AddSluiceTelemetry(services => new TelemetryOptions
        {
            Service = "sluice-silo",
            Version = typeof(SluiceHosting).Assembly.GetName().Version!.ToString(3),
            Instance = services.GetRequiredService<ILocalSiloDetails>().Name,
            IncludeOrleans = includesOrleans,
        });
        builder.UseOrleans(silo =>
        {
            if (includesOrleans)
            {
                silo.AddActivityPropagation();
            }

            // Under one provider the silo is its own primary, unless it is told another.
            if (string.IsNullOrEmpty(silo.Configuration[SiloConfiguration.ClusteringProvider]))
            {
                silo.UseLocalhostClustering();
            }

            if (silo.Configuration[SiloConfiguration.ClusteringProvider] == SiloConfiguration.Database)
            {
                silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, NeighbourWait>();
                if (string.IsNullOrEmpty(silo.Configuration[SiloConfiguration.HistoryDirectory]))
                {
                    silo.Services.AddSingleton<PostgresHistory>();
                    silo.Services.AddSingleton<IJobHistory>(services => services.GetRequiredService<PostgresHistory>());
                    silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
                        services => services.GetRequiredService<PostgresHistory>());
                }
            }

            // Death is noticed after about five seconds; a saturated machine still answers its probes.
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromSeconds(1.5);
                options.NumMissedProbesLimit = 3;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(5);

                // After fifteen seconds without a sign, silos that start declare those dead that are left in a
                // database.
                options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
                options.DefunctSiloExpiration = TimeSpan.FromMinutes(10);
            });
            silo.AddSluice(configure);
        });
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<SluiceSiloOptions>>(
            (host, silo) => host.ShutdownTimeout = silo.Value.DrainTimeout + TimeAfterDrain);
        WebApplication app = builder.Build();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        MetricsEndpoint.Map(app);
        return app;
    }

    private static void AddFiles(ConfigurationManager configuration, string[] args)
    {
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);

        // A variable of the environment that is called so has nothing to do with it.
        if (new ConfigurationBuilder().AddCommandLine(args).Build()["config"] is string file)
        {
            AddFile(configuration, file);
        }

        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(args);
    }

    private static void AddFile(ConfigurationManager configuration, string file)
    {
        if (file.Length == 0)
        {
            throw new SluiceException(SluiceErrors.BadSiloConfiguration("no file is named", "--config"));
        }

        try
        {
            configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        }
        catch (Exception exception) when (
            exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(
                SluiceErrors.BadSiloConfiguration(exception.GetBaseException().Message, file), exception);
        }
    }

    // The host itself listens for SIGINT and SIGTERM. Where SIGHUP is ignored, as under nohup, it stays so.
    private static PosixSignalRegistration StopWithTerminal(WebApplication app) => PosixSignalRegistration.Create(
        PosixSignal.SIGHUP,
        signal =>
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        });

    // A parent that dies closes the pipe, however it dies.
    private static void StopWithParent(WebApplication app)
    {
        if (app.Configuration["stop-with-stdin"] is "true")
        {
            IHostApplicationLifetime lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
            ProcessLimits.StartThread("stop with parent", () =>
            {
                while (Console.In.Read() >= 0)
                {
                    // What is written means nothing; its end does.
                }

                lifetime.StopApplication();
            });
        }
    }

    // Orleans shares its ports with whoever else wants them, and the later of two silos drives the earlier one out.
    private static void CheckPorts(WebApplication app)
    {
        EndpointOptions options = app.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        HashSet<int> taken =
            [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
        foreach (int port in new[] { options.SiloPort, options.GatewayPort }.Where(taken.Contains))
        {
            throw new SluiceException(SluiceErrors.PortTaken($"port {port}"));
        }
    }

    private static SluiceError? CauseOf(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SluiceException known:
                    return known.Error;
                case NpgsqlException database:
                    return MembershipDatabase.ErrorOf(database, SiloConfiguration.DatabaseConnection);
                case OrleansConfigurationException configuration:
                    return SluiceErrors.BadSiloConfiguration(configuration.Message);
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                    return SluiceErrors.PortTaken(exception.Message);
                default:
                    break;
            }
        }

        return exception switch
        {
            IOException when exception.Message.Contains("address already in use", StringComparison.Ordinal) =>
                SluiceErrors.PortTaken(exception.Message),

            // Orleans looks the provider's name up when the host is built.
            InvalidOperationException when exception.Message.StartsWith(
                "Could not find Clustering provider", StringComparison.Ordinal) =>
                SluiceErrors.BadSiloConfiguration(
                    $"{SiloConfiguration.ClusteringProvider} is neither Development nor AdoNet"),
            _ => null,
        };
    }
}

/// <summary>Ready when the silo is an active member of its cluster.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle membership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(membership.CurrentStatus == SiloStatus.Active
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(membership.CurrentStatus.ToString()));
}
