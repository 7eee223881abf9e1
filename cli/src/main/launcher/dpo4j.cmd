@echo off
rem Runs dpo4j from the folder that holds this script's bin\ and lib\. Not run by its authors yet.
rem JAVA_HOME names the JVM (17 or later), else the one on the path; DPO4J_JAVA_OPTS are further options for it.
setlocal
set "HOME_DIR=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
set "VERSION="
for /f "tokens=3" %%v in ('""%JAVA%" -version 2^>^&1 ^| findstr /i "version""') do if not defined VERSION set "VERSION=%%~v"
for /f "delims=.-+" %%m in ("%VERSION%") do set "VERSION=%%m"
if not defined VERSION (
  echo dpo4j: there is no Java. dpo4j needs Java 17 or later: install it, or let JAVA_HOME name it. 1>&2
  exit /b 1
)
if %VERSION% LSS 17 (
  echo dpo4j: %JAVA% is Java %VERSION%; dpo4j needs 17 or later. Let JAVA_HOME name one. 1>&2
  exit /b 1
)
rem Java's heap holds rows, not weights. DPO4J_JAVA_OPTS comes later and wins.
set "FLAGS=-XX:+UseSerialGC -Xmx512m"
if %VERSION% GEQ 22 set "FLAGS=%FLAGS% --enable-native-access=ALL-UNNAMED"
if %VERSION% GEQ 23 set "FLAGS=%FLAGS% --sun-misc-unsafe-memory-access=allow"
rem TensorFlow's library writes about itself on standard error, before Java can tell it not to.
if not defined TF_CPP_MIN_LOG_LEVEL set "TF_CPP_MIN_LOG_LEVEL=2"
rem PyTorch's threads would wait for each other by spinning, which others that compute pay for.
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
rem Help is printed before optimized code would pay.
for %%h in (help list -V --version -h --help) do if "%~1"=="%%h" set "FLAGS=%FLAGS% -XX:TieredStopAtLevel=1"
"%JAVA%" %FLAGS% %DPO4J_JAVA_OPTS% -cp "%HOME_DIR%\lib\*" org.dpo4j.cli.Main %*
exit /b %ERRORLEVEL%
